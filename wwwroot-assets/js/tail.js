// The live tail: stays at the end while it follows; a person's scroll up stops that at once, and nothing moves any more.
class Tail extends HTMLElement {
  static observedAttributes = ["follow"];

  connectedCallback() {
    this.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    for (const by of ["wheel", "touchmove", "keydown", "pointerdown"]) this.addEventListener(by, () => { this.byPerson = Date.now(); }, { passive: true });
    this.watch = new MutationObserver(() => this.#stay());
    this.watch.observe(this, { childList: true, subtree: true });
    this.#stay();
  }

  disconnectedCallback() {
    this.watch?.disconnect();
  }

  attributeChangedCallback() {
    this.#stay();
  }

  get #follows() {
    return this.getAttribute("follow") === "true";
  }

  #stay() {
    if (this.#follows) this.scrollTop = this.scrollHeight;
  }

  #scrolled() {
    const atEnd = this.scrollHeight - this.scrollTop - this.clientHeight < 30;
    const byPerson = Date.now() - (this.byPerson ?? 0) < 1500;
    if (this.#follows && !atEnd && (byPerson || this.scrollTop < this.lastTop)) this.#tell(false);
    this.lastTop = this.scrollTop;
  }

  #tell(following) {
    this.setAttribute("follow", String(following));
    this.dispatchEvent(new CustomEvent("actail", { bubbles: true, detail: { following } }));
  }
}

customElements.define("ac-tail", Tail);
