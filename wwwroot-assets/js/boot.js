// The one entry of interactive pages: registers what the pages use, then starts the circuit.
import "./ac-time.js";
import { announce } from "./announce.js";

const root = document.documentElement;
root.dataset.connection = "connecting";

globalThis.ac = {
  announce,
  interactive() {
    root.dataset.connection = "live";
    root.dataset.interactive = "true";
  },
};

for (const [name, createEventArgs] of [
  ["ackey", (e) => ({ key: e.detail.key })],
  ["acvisible", (e) => ({ visible: e.detail.visible })],
  ["acuploads", (e) => e.detail],
]) {
  Blazor.registerCustomEventType(name, { createEventArgs });
}

document.addEventListener("visibilitychange", () => {
  document.getElementById("ac-pulse")?.dispatchEvent(new CustomEvent("acvisible", { bubbles: true, detail: { visible: !document.hidden } }));
});

Blazor.start({
  ssr: { disableDomPreservation: true },
  circuit: { configureSignalR: (builder) => builder.withServerTimeout(12_000) },
});
