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
  };

  #released = () => {
    if (this.held) this.byPerson = Date.now();
    this.held = false;
  };

  // Arrows go from line to line, Enter opens one.
  #keyed = (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.shiftKey || e.target.closest("button")) return;
    const row = e.target.closest(".tail-row");
    if (e.key === "Enter" && row) {
      e.preventDefault();
      row.click();
      return;
    }
    if (e.key !== "ArrowDown" && e.key !== "ArrowUp") return;
    const rows = [...this.querySelectorAll(".tail-row")], down = e.key === "ArrowDown", box = this.getBoundingClientRect();
    const seen = rows.filter((r) => r.getBoundingClientRect().top >= box.top && r.getBoundingClientRect().bottom <= box.bottom);
    const next = row ? rows[rows.indexOf(row) + (down ? 1 : -1)] : seen.at(down ? 0 : -1);
    if (!next) return;
    e.preventDefault();
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };

  #changed() {
    // The line that had the focus was scrolled out of the page.
    if (this.inside && document.activeElement === document.body) this.focus({ preventScroll: true });
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
