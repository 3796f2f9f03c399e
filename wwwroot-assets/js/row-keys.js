// A long table is not hundreds of stops: each row is one, its link. Arrows go from row to row, and to what else is in the row.
const parts = "a[href], button, input";

const shown = (row) => [...row.querySelectorAll(parts)].filter((e) => !e.disabled && e.checkVisibility() && !e.closest("[data-keys-off]"));

function beside(row, part, by) {
  const all = shown(row);
  return all[all.indexOf(part) + by];
}

function below(row, part, by) {
  const at = shown(row).indexOf(part);
  let next = row;
  do next = by > 0 ? next.nextElementSibling : next.previousElementSibling;
  while (next && next.classList.contains("ac-row--detail"));
  if (!next) return null;
  const all = shown(next), same = all.find((e) => e.tagName === part.tagName && e.className === part.className);
  return same ?? all[Math.min(at, all.length - 1)];
}

document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.shiftKey || !e.key.startsWith("Arrow")) return;
  const row = e.target.closest?.("[data-row-keys] > tr:not(.ac-row--detail)"), part = e.target.closest?.(parts);
  if (!row || !part || part.closest("[data-keys-off]")) return;
  const by = e.key === "ArrowRight" || e.key === "ArrowDown" ? 1 : -1;
  const next = e.key === "ArrowRight" || e.key === "ArrowLeft" ? beside(row, part, by) : below(row, part, by);
  if (!next) return;
  e.preventDefault();
  next.focus();
});
