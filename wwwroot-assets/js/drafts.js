// What is being typed, kept each second, and put back after the page had to load itself again.
const store = "ac-drafts", wanted = "ac-restore";
const fields = "main input:not([type=password]):not([type=file]), main textarea, main select";
const touched = new Set();

const place = () => location.pathname + location.search;

function read(key) {
  try { return JSON.parse(sessionStorage.getItem(key) ?? "null"); } catch { return null; }
}

function write(key, value) {
  try { sessionStorage.setItem(key, JSON.stringify(value)); } catch { /* no room: nothing is kept */ }
}

/** A field's own word: its name, its label's, or at least its kind. */
function wordOf(field) {
  return `${field.type}:${field.dataset.draft ?? (field.name || field.getAttribute("aria-label") || field.labels?.[0]?.textContent?.trim() || field.placeholder || "")}`;
}

/** Lasting names of all fields of the page: the word, and the place among its like. */
function names() {
  const seen = new Map(), named = new Map();
  for (const field of document.querySelectorAll(fields)) {
    const word = wordOf(field), no = seen.get(word) ?? 0;
    seen.set(word, no + 1);
    named.set(field, `${word}:${no}`);
  }
  return named;
}

function valueOf(field) {
  return field.type === "checkbox" || field.type === "radio" ? field.checked : field.value;
}

function keep() {
  if (!touched.size) return;
  const values = {}, named = names();
  for (const field of touched) {
    if (named.has(field)) values[named.get(field)] = valueOf(field);
    else touched.delete(field);
  }
  write(store, { place: place(), values });
}

function put(field, value) {
  if (valueOf(field) === value) return;
  if (typeof value === "boolean") field.checked = value;
  else field.value = value;
  touched.add(field);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

export function keepDrafts() {
  document.addEventListener("input", (e) => {
    if (e.target.matches?.(fields) && !e.target.closest("[data-no-draft]")) touched.add(e.target);
  });
  setInterval(keep, 1000);
}

/** Loads the page again at the same address, scroll place and with what was typed. */
export function reloadInPlace() {
  keep();
  write(wanted, { place: place(), scroll: document.getElementById("ac-body")?.scrollTop ?? 0, at: Date.now() });
  location.reload();
}

/** After such a load: fields may come late, or their page may first put back what it kept itself; wait some seconds for each. */
export function restoreDrafts() {
  const restore = read(wanted), draft = read(store);
  sessionStorage.removeItem(wanted);
  if (restore?.place !== place() || Date.now() - restore.at > 120_000) return;
  const left = new Map(Object.entries(draft?.place === place() ? draft.values : {}));
  const until = Date.now() + 8000;
  let scrolled = false;
  const step = () => {
    for (const [field, name] of names()) {
      if (left.has(name) && !field.closest("[data-restoring]")) {
        put(field, left.get(name));
        left.delete(name);
      }
    }
    const body = document.getElementById("ac-body");
    if (!scrolled && body && body.scrollHeight - body.clientHeight >= restore.scroll) {
      body.scrollTop = restore.scroll;
      scrolled = true;
    }
    if ((left.size || !scrolled) && Date.now() < until) setTimeout(step, 250);
  };
  step();
}
