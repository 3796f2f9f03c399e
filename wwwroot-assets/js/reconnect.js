// A lost connection: two seconds of patience, then a bar with the time of the last data; tries again and again, at once when the tab
// is shown or the network returns. A session that is gone loads the page again in place.
import { holdActions, releaseActions } from "./actions.js";
import { announce } from "./announce.js";
import { reloadInPlace } from "./drafts.js";
import { clock } from "./times.js";

const delays = [500, 1000, 2000, 4000, 8000], later = 10_000, patience = 2000, silence = 12_000, givesUpAfter = 60_000;
const root = document.documentElement;
const state = { down: false, since: 0, attempt: 0, timer: 0, barTimer: 0, trying: false };

function bar(is, text) {
  const element = document.getElementById("components-reconnect-modal");
  if (!element) return;
  element.hidden = !text;
  element.dataset.is = is;
  element.querySelector("[data-text]").textContent = text ?? "";
}

function showLost() {
  if (!state.down || root.dataset.connection === "reconnecting" || root.dataset.connection === "lost") return;
  root.dataset.connection = "reconnecting";
  const text = `Connection lost. You see ${clock(state.since)}. Reconnecting…`;
  bar("lost", text);
  holdActions("connection");
  announce("assertive", text);
}

async function attempt() {
  clearTimeout(state.timer);
  if (!state.down || state.trying) return;
  state.trying = true;
  let alive;
  try {
    alive = await Blazor.reconnect();
  } catch {
    alive = undefined; // the server does not answer
  }
  state.trying = false;
  if (alive) up();
  else if (alive === false) loadAgain();
  else plan();
}

function plan() {
  if (!state.down) return;
  if (Date.now() - state.since > givesUpAfter) root.dataset.connection = "lost";
  state.timer = setTimeout(attempt, delays[state.attempt++] ?? later);
}

async function loadAgain() {
  showLost();
  try {
    // Nobody stands before a wall to load it again: there the page itself must answer, not the server alone.
    const probe = document.querySelector("ac-wall") ? location.href : new URL("icons/favicon.svg", document.baseURI);
    const answer = await fetch(probe, { cache: "no-store" });
    if (answer.ok) {
      reloadInPlace();
      return;
    }
  } catch { /* not yet */ }
  state.timer = setTimeout(loadAgain, 1000);
}

function down(error) {
  if (state.down) return;
  Object.assign(state, { down: true, attempt: 0, since: Date.now() - (/timeout/i.test(error?.message ?? "") ? silence : 0) });
  state.barTimer = setTimeout(showLost, patience);
  plan();
}

function up() {
  if (!state.down) return;
  state.down = false;
  clearTimeout(state.timer);
  clearTimeout(state.barTimer);
  const shown = root.dataset.connection !== "live";
  root.dataset.connection = "live";
  releaseActions("connection");
  if (!shown) return;
  bar("back", "Back. Updated.");
  setTimeout(() => { if (!state.down) bar("", null); }, 2000);
}

export const reconnection = { onConnectionDown: (_, error) => down(error), onConnectionUp: up };

/** A page whose circuit never came: load it again, but not more than once a minute. */
export function watchStart() {
  setTimeout(() => {
    if (root.dataset.interactive) return;
    const last = Number(sessionStorage.getItem("ac-start-retry") ?? 0);
    if (Date.now() - last < 60_000) return;
    sessionStorage.setItem("ac-start-retry", String(Date.now()));
    state.down = true;
    state.since = performance.timeOrigin;
    loadAgain();
  }, 15_000);
}

function soon() {
  if (state.down && !document.hidden) attempt();
}

document.addEventListener("visibilitychange", soon);
addEventListener("online", soon);

// Before the bar shows, a press would be lost without a word: show it at once instead.
document.addEventListener("click", (e) => {
  if (!state.down || root.dataset.connection !== "live" || !e.target.closest?.(".ac-body button, .mud-dialog button")) return;
  e.stopImmediatePropagation();
  e.preventDefault();
  showLost();
}, true);
