// The one entry of interactive pages: registers what the pages use, then starts the circuit.
import "./ac-data-age.js";
import "./ac-time.js";
import "./content.js";
import "./goto.js";
import "./long-texts.js";
import "./preferences.js";
import "./row-keys.js";
import "./tail.js";
import "./tree.js";
import "./trends.js";
import "./uploader.js";
import "./wall.js";
import { announce } from "./announce.js";
import { focusBack, focusIn } from "./dialogs.js";
import { keepDrafts, restoreDrafts } from "./drafts.js";
import { focusHeading } from "./headings.js";
import { startKeys } from "./keys.js";
import { reconnection, watchStart } from "./reconnect.js";

const root = document.documentElement;
root.dataset.connection = "connecting";

globalThis.ac = {
  announce,
  focusIn,
  focusBack: () => focusBack(),
  focusHeading,
  focus: (id) => document.getElementById(id)?.focus(),
  focusFirst: (...ids) => (ids.map((id) => id && document.getElementById(id)).find(Boolean) ?? document.querySelector("h1"))?.focus(),
  timeZone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
  interactive() {
    root.dataset.connection = "live";
    root.dataset.interactive = "true";
    restoreDrafts();
  },
};

for (const [name, createEventArgs] of [
  ["ackey", (e) => ({ key: e.detail.key })],
  ["actail", (e) => e.detail],
  ["acvisible", (e) => ({ visible: e.detail.visible })],
  ["acuploads", (e) => e.detail],
]) {
  Blazor.registerCustomEventType(name, { createEventArgs });
}

document.addEventListener("visibilitychange", () => {
  document.getElementById("ac-pulse")?.dispatchEvent(new CustomEvent("acvisible", { bubbles: true, detail: { visible: !document.hidden } }));
});

startKeys();
keepDrafts();
watchStart();
Blazor.start({
  ssr: { disableDomPreservation: true },
  circuit: {
    reconnectionHandler: reconnection,
    configureSignalR: (builder) => builder.withServerTimeout(12_000),
  },
});
