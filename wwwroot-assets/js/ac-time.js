// <ac-time form="auto|relative|absolute|log|elapsed|age|eta"><time datetime="…Z">text</time></ac-time>
// The server writes the instant; the words tick here. Only the text node's value changes, so the server's view of the page stays whole.
import * as times from "./times.js";

const live = new Set();
let timer;

function textFor(form, at, now) {
  switch (form) {
    case "log": return times.log(at);
    case "elapsed": return times.duration(Math.max(0, Math.floor((now - at) / 1000) * 1000));
    case "age": return times.unit(Math.max(0, now - at));
    case "eta": return times.eta(at, now);
  }
  const mode = form === "auto" ? document.documentElement.dataset.times ?? "auto" : form;
  if (mode === "absolute") return times.absolute(at, now);
  if (mode === "relative") return times.relative(at, now);
  return Math.abs(now - at) < times.DAY ? times.relative(at, now) : times.absolute(at, now);
}

class AcTime extends HTMLElement {
  static observedAttributes = ["form"];

  connectedCallback() {
    live.add(this);
    this.observer ??= new MutationObserver(() => this.draw(Date.now()));
    this.observer.observe(this, { subtree: true, childList: true, attributeFilter: ["datetime"] });
    this.draw(Date.now());
    timer ??= setInterval(tick, 1000);
  }

  disconnectedCallback() {
    live.delete(this);
    this.observer.disconnect();
  }

  attributeChangedCallback() {
    if (this.isConnected) this.draw(Date.now());
  }

  draw(now) {
    const time = this.querySelector("time[datetime]");
    const at = Date.parse(time?.dateTime ?? "");
    if (Number.isNaN(at)) return;
    const text = textFor(this.getAttribute("form") ?? "auto", at, now);
    if (!time.firstChild) time.append(text);
    else if (time.firstChild.nodeValue !== text) time.firstChild.nodeValue = text;
    const title = times.full(at);
    if (time.title !== title) time.title = title;
  }
}

function tick() {
  if (document.hidden) return;
  const now = Date.now();
  for (const element of live) element.draw(now);
}

export function redrawTimes() {
  const now = Date.now();
  for (const element of live) element.draw(now);
}

/** `t`: every time in the other form. */
export function toggleTimes() {
  const next = document.documentElement.dataset.times === "absolute" ? "relative" : "absolute";
  document.documentElement.dataset.times = next;
  try { localStorage.setItem("ac-times", next); } catch { /* lasts for this page */ }
  redrawTimes();
}

class AcZone extends HTMLElement {
  connectedCallback() { this.draw(); }

  draw() { this.textContent = times.zone() ?? Intl.DateTimeFormat().resolvedOptions().timeZone; }
}

document.addEventListener("visibilitychange", () => { if (!document.hidden) redrawTimes(); });
customElements.define("ac-time", AcTime);
customElements.define("ac-zone", AcZone);
