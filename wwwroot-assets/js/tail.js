// The live tail: stays at the end while it follows; a person's scroll up stops that at once, and nothing moves any more.
// Lines come and go while it follows, which scrolls too: only what a person did just before counts.
const recent = 1500;

class Tail extends HTMLElement {
  static observedAttributes = ["follow"];

  connectedCallback() {
    if (this.watch) return;
    this.addEventListener("scroll", this.#scrolled, { passive: true });
    for (const by of ["wheel", "touchmove", "keydown"]) this.addEventListener(by, this.#touched, { passive: true });
    // The scroll bar, however long it is held.
    this.addEventListener("keydown", this.#keyed);
    this.addEventListener("focusin", () => (this.inside = true));
    this.addEventListener("focusout", (e) => (this.inside = this.contains(e.relatedTarget)));
    this.addEventListener("pointerdown", this.#taken, { passive: true });
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, this.#released, { passive: true });
    this.watch = new MutationObserver(() => this.#changed());
    this.watch.observe(this, { childList: true, subtree: true, attributes: true, attributeFilter: ["style"] });
    this.#stay();
  }

  disconnectedCallback() {
    this.watch?.disconnect();
    this.watch = undefined;
    for (const end of ["pointerup", "pointercancel"]) removeEventListener(end, this.#released);
  }

  attributeChangedCallback(name, before, now) {
    if (before !== now) this.byPerson = 0;
    this.#stay();
  }

  #touched = () => {
    this.byPerson = Date.now();
  };

  #taken = () => {
    this.held = true;
    this.owed = 0;
  };

  #released = () => {
    if (this.held) this.byPerson = Date.now();
    this.held = false;
  };

  // Arrows go from line to line, Enter opens one.
  #keyed = (e) => {
    const down = e.key === "ArrowDown";
    if (!down && e.key !== "ArrowUp") this.owed = 0;
    if (e.ctrlKey || e.metaKey || e.altKey || e.shiftKey || e.target.closest("button")) return;
    if (e.key === "Enter" && this.#line) {
      e.preventDefault();
      this.#line.click();
    } else if ((down || e.key === "ArrowUp") && this.querySelector(".tail-row")) {
      e.preventDefault();
      this.owed = (this.owed ?? 0) + (down ? 1 : -1);
      this.#walk();
    }
  };

  get #line() {
    const row = document.activeElement?.closest(".tail-row");
    return this.contains(row) ? row : null;
  }

  // Lines outside the window are not in the page yet: what is owed is gone when they come.
  #walk() {
    while (this.owed) {
      const by = Math.sign(this.owed), next = this.#neighbour(by);
      if (!next) {
        const left = by < 0 ? this.scrollTop : this.scrollHeight - this.scrollTop - this.clientHeight;
        if (left < 12) this.owed = 0;
        return;
      }
      this.owed -= by;
      next.focus({ preventScroll: true });
      next.scrollIntoView({ block: "nearest" });
    }
  }

  #neighbour(by) {
    const rows = [...this.querySelectorAll(".tail-row")], line = this.#line;
    if (line) return rows[rows.indexOf(line) + by];
    const box = this.getBoundingClientRect();
    const seen = rows.map((r) => [r, r.getBoundingClientRect()]).filter(([, at]) => at.top >= box.top && at.bottom <= box.bottom);
    return seen.at(by > 0 ? 0 : -1)?.[0];
  }

  #changed() {
    // The line that had the focus was scrolled out of the page.
    if (this.inside && document.activeElement === document.body) this.focus({ preventScroll: true });
    this.#walk();
    this.#stay();
  }

  get #follows() {
    return this.getAttribute("follow") === "true";
  }

  #stay() {
    if (this.#follows) this.scrollTop = this.scrollHeight;
  }

  #scrolled = () => {
    if (!this.#follows || this.scrollHeight - this.scrollTop - this.clientHeight < 30) return;
    if (this.held || Date.now() - (this.byPerson ?? 0) < recent) this.#tell(false);
    else this.#stay();
  };

  #tell(following) {
    this.setAttribute("follow", String(following));
    this.dispatchEvent(new CustomEvent("actail", { bubbles: true, detail: { following } }));
  }
}

customElements.define("ac-tail", Tail);
