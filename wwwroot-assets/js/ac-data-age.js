// <ac-data-age age="4"><span data-age>4 s</span> <time datetime="…Z">…</time></ac-data-age>
// On the page while the database is silent. The server tells the age once; it grows here. Only text nodes change, so the server's view
// of the page stays whole.
import { holdActions, releaseActions } from "./actions.js";
import { announce } from "./announce.js";
import { clock, duration } from "./times.js";

const root = document.documentElement;
let old = false;

// After what the server draws in one go: a bar that replaces another changes nothing.
function settle() {
  const bar = document.querySelector("ac-data-age");
  if (old === Boolean(bar)) return;
  old = !old;
  if (old) {
    root.dataset.data = "old";
    holdActions("data");
    announce("assertive", bar.querySelector("[data-text]").textContent);
  } else {
    delete root.dataset.data;
    releaseActions("data");
    announce("polite", "Data is live again.");
  }
}

class AcDataAge extends HTMLElement {
  connectedCallback() {
    // The clocks of browser and server may differ: the age counts from when the word came.
    this.since = Date.now() - Number(this.getAttribute("age")) * 1000;
    this.timer = setInterval(() => this.draw(), 1000);
    queueMicrotask(() => { this.draw(); settle(); });
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    queueMicrotask(settle);
  }

  draw() {
    const age = this.querySelector("[data-age]")?.firstChild, time = this.querySelector("time[datetime]");
    if (!age || !time?.firstChild) return;
    const text = duration(Math.floor((Date.now() - this.since) / 1000) * 1000), at = clock(Date.parse(time.dateTime));
    if (age.nodeValue !== text) age.nodeValue = text;
    if (time.firstChild.nodeValue !== at) time.firstChild.nodeValue = at;
  }
}

customElements.define("ac-data-age", AcDataAge);
