// Naming people while a comment is written: the server finds whom, the browser moves through what was found and puts the name in.
// Nothing happens without an @ that begins a word.
const field = "textarea[data-names]";
const word = /(?:^|[^\p{L}\p{N}_@])@([\p{L}\p{N}._+-]{0,60}(?: [\p{L}\p{N}._+-]{1,40})?)$/u;
const asked = new WeakMap();

const listOf = (area) => document.getElementById(area.getAttribute("aria-controls"));
const items = (area) => [...(listOf(area)?.querySelectorAll("[role=option]") ?? [])];

function ask(area, text) {
  if (asked.get(area) === text) return;
  asked.set(area, text);
  area.dispatchEvent(new CustomEvent("acnames", { bubbles: true, detail: { begun: text, open: text !== null } }));
}

/** What stands between the last @ and the caret; null where nobody is being named. */
function begun(area) {
  if (area.selectionStart !== area.selectionEnd) return null;
  return word.exec(area.value.slice(0, area.selectionStart))?.[1] ?? null;
}

function close(area) {
  mark(area, null);
  ask(area, null);
}

function mark(area, item) {
  for (const other of items(area)) other.setAttribute("aria-selected", other === item ? "true" : "false");
  if (item) {
    area.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  } else {
    area.removeAttribute("aria-activedescendant");
  }
}

function choose(area, item) {
  const text = begun(area);
  if (text === null) return;
  const to = area.selectionStart;
  area.setRangeText(`${item.dataset.name} `, to - text.length, to, "end");
  close(area);
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("input", (e) => {
  if (e.target.matches?.(field)) ask(e.target, begun(e.target));
});

document.addEventListener("keydown", (e) => {
  const area = e.target;
  if (!area.matches?.(field) || e.isComposing || e.ctrlKey || e.metaKey || e.altKey) return;
  const all = items(area), at = all.findIndex((i) => i.getAttribute("aria-selected") === "true");
  if (!all.length || begun(area) === null) return;
  if (e.key === "ArrowDown" || e.key === "ArrowUp") mark(area, all[(at + (e.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]);
  else if ((e.key === "Enter" || e.key === "Tab") && !e.shiftKey && at >= 0) choose(area, all[at]);
  else if (e.key === "Escape") close(area);
  else return;
  e.preventDefault();
  e.stopPropagation();
}, true);

document.addEventListener("pointerdown", (e) => {
  const item = e.target.closest?.("[data-names-list] [role=option]");
  if (!item) return;
  e.preventDefault();
  choose(document.querySelector(`${field}[aria-controls="${item.parentElement.id}"]`), item);
});

document.addEventListener("focusout", (e) => {
  if (e.target.matches?.(field)) close(e.target);
});

// Found anew: the first is marked.
new MutationObserver((changes) => {
  for (const list of new Set(changes.map((c) => c.target.closest?.("[data-names-list]")).filter(Boolean))) {
    const area = document.querySelector(`${field}[aria-controls="${list.id}"]`);
    if (area && asked.get(area) != null) mark(area, items(area)[0]);
  }
}).observe(document.body, { childList: true, subtree: true });
