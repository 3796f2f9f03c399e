// <ac-preferences theme times clock zone keys>: what a person has just saved, for this page and for those that this browser opens later.
import { redrawTimes } from "./ac-time.js";

function keep(key, value, usual) {
  try {
    if (value === usual) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch { /* private mode: lasts for this page */ }
}

class AcPreferences extends HTMLElement {
  static observedAttributes = ["theme", "times", "clock", "zone", "keys"];

  connectedCallback() { this.apply(); }

  attributeChangedCallback() { if (this.isConnected) this.apply(); }

  apply() {
    const root = document.documentElement, of = (name) => this.getAttribute(name) ?? "";
    keep("ac-theme", of("theme"), "");
    keep("ac-times", of("times"), "");
    root.dataset.times = of("times");
    root.dataset.clock = of("clock");
    root.dataset.zone = of("zone");
    if (of("keys") === "off") root.dataset.singleKeys = "off";
    else delete root.dataset.singleKeys;
    dispatchEvent(new StorageEvent("storage", { key: "ac-theme", newValue: of("theme") }));
    redrawTimes();
    for (const zone of document.querySelectorAll("ac-zone")) zone.draw?.();
  }
}

customElements.define("ac-preferences", AcPreferences);
