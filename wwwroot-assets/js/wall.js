// <ac-wall age="1200" beat="17" dim-from="1320" dim-to="360"></ac-wall> and <ac-clock></ac-clock>
// The server beats once a second and tells how old the data are; only this judges what people may believe. It also moves the page a
// little every three minutes, dims it in the set hours, and loads it again when nothing else brings it back. What stands inside the two
// elements is theirs alone, so the server's view of the page stays whole.
import { clock, duration } from "./times.js";

const LATE = 5_000, DEAD = 60_000, MOVE = 180_000, PROBE = 15_000;
// Eight places around the middle, in rem; each differs from the one before in both directions or in the one that lasted.
const places = [[0, 0], [.5, .25], [.25, .5], [-.25, .5], [-.5, .25], [-.5, -.25], [-.25, -.5], [.5, -.25]];
const root = document.documentElement;

class AcWall extends HTMLElement {
  static observedAttributes = ["beat"];

  connectedCallback() {
    this.bar ??= this.appendChild(Object.assign(document.createElement("div"), { className: "wall-bar", hidden: true }));
    this.bar.dataset.testid = "wall-bar";
    this.probed = Date.now();
    this.hear();
    this.timer = setInterval(() => this.tick(), 1000);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    for (const name of ["wallData", "wallDim"]) delete root.dataset[name];
  }

  attributeChangedCallback() {
    if (this.isConnected && this.bar) this.hear();
  }

  // The clocks of browser and server may differ: the age counts from when the word came.
  hear() {
    this.since = Date.now() - Number(this.getAttribute("age"));
    this.tick();
  }

  tick() {
    const now = Date.now(), age = now - this.since;
    this.judge(age);
    const [x, y] = places[Math.floor(now / MOVE) % places.length];
    root.style.setProperty("--wall-x", `${x}rem`);
    root.style.setProperty("--wall-y", `${y}rem`);
    this.dim(new Date(now));
    if (age >= DEAD && now - this.probed >= PROBE) this.probe(now);
  }

  judge(age) {
    const is = age >= DEAD ? "dead" : age >= LATE ? "late" : "live";
    const text = is === "dead" ? `No data since ${clock(this.since).slice(0, 5)}. Numbers below are old.`
      : is === "late" ? `Data is ${duration(Math.floor(age / 1000) * 1000)} old – reconnecting` : "";
    if (root.dataset.wallData !== is) root.dataset.wallData = is;
    if (this.bar.textContent !== text) this.bar.textContent = text;
    this.bar.hidden = is === "live";
  }

  dim(at) {
    const from = this.getAttribute("dim-from"), to = this.getAttribute("dim-to");
    const minute = at.getHours() * 60 + at.getMinutes();
    const dim = from !== null && to !== null && (Number(from) <= Number(to) ? minute >= from && minute < to : minute >= from || minute < to);
    if (dim) root.dataset.wallDim = "true";
    else delete root.dataset.wallDim;
  }

  // Whatever stands still, a page or a circuit: once the server gives the page again, take it.
  async probe(now) {
    this.probed = now;
    try {
      if ((await fetch(location.href, { cache: "no-store" })).ok) location.reload();
    } catch { /* not yet */ }
  }
}

class AcClock extends HTMLElement {
  connectedCallback() {
    this.draw();
    this.timer = setInterval(() => this.draw(), 1000);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  draw() {
    const text = clock(Date.now()).slice(0, 5);
    if (this.textContent !== text) this.textContent = text;
  }
}

customElements.define("ac-wall", AcWall);
customElements.define("ac-clock", AcClock);
