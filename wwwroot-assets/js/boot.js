// The one entry of interactive pages: registers what the pages use, then starts the circuit.
import "./ac-data-age.js";
import "./ac-time.js";
import "./content.js";
import "./goto.js";
import "./long-texts.js";
import "./mentions.js";
import "./preferences.js";
import "./row-keys.js";
import "./tail.js";
import "./trends.js";
import "./uploader.js";
import "./wall.js";
import { announce } from "./announce.js";
import { focusBack, focusIn } from "./dialogs.js";
import { keepDrafts, restoreDrafts } from "./drafts.js";
import { focusHeading } from "./headings.js";
import { startKeys } from "./keys.js";
import { reconnection, watchStart } from "./reconnect.js";
import { showRow } from "./tree.js";

const root = document.documentElement;
root.dataset.connection = "connecting";

globalThis.ac = {
  announce,
  focusIn,
  focusBack: () => focusBack(),
  focusHeading,
  showRow,
  replaceQuery(values) {
    const url = new URL(location.href);
    for (const [name, value] of Object.entries(values)) {
      if (value === null) url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    }
    history.replaceState(history.state, "", url);
  },
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
  ["acnames", (e) => e.detail],
  ["actail", (e) => e.detail],
  ["actreemove", (e) => e.detail],
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
