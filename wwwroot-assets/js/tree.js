// Keys of a tree: one tab stop, arrows move and fold, letters jump, Enter selects.
let typed = "", typedAt = 0;

const row = (item) => item.querySelector(":scope > [data-tree-select]");
const shown = (tree) => [...tree.querySelectorAll("[role=treeitem]")];

function go(tree, item) {
  if (!item) return;
  for (const other of shown(tree)) if (other.tabIndex === 0) other.tabIndex = -1;
  item.tabIndex = 0;
  item.focus();
}

function fold(item, open) {
  if (item.getAttribute("aria-expanded") === (open ? "false" : "true")) row(item)?.querySelector("[data-tree-fold]")?.click();
}

function jump(tree, item, letter) {
  const now = Date.now();
  typed = now - typedAt < 700 ? typed + letter : letter;
  typedAt = now;
  const all = shown(tree), from = all.indexOf(item) + (typed.length === 1 ? 1 : 0);
  const order = [...all.slice(from), ...all.slice(0, from)];
  go(tree, order.find((i) => i.getAttribute("aria-label")?.toLowerCase().startsWith(typed.toLowerCase())));
}

document.addEventListener("keydown", (e) => {
  const tree = e.target.closest?.("[data-ac-tree]"), item = e.target.closest?.("[role=treeitem]");
  if (!tree || !item || e.target !== item || e.ctrlKey || e.metaKey || e.altKey) return;
  const all = shown(tree), at = all.indexOf(item), open = item.getAttribute("aria-expanded");
  switch (e.key) {
    case "ArrowDown": go(tree, all[at + 1]); break;
    case "ArrowUp": go(tree, all[at - 1]); break;
    case "Home": go(tree, all[0]); break;
    case "End": go(tree, all.at(-1)); break;
    case "ArrowRight":
      if (open === "false") fold(item, true);
      else if (open === "true") go(tree, item.querySelector("[role=treeitem]"));
      break;
    case "ArrowLeft":
      if (open === "true") fold(item, false);
      else go(tree, item.parentElement.closest("[role=treeitem]"));
      break;
    case "Enter": case " ": row(item)?.click(); break;
    default:
      if (e.key.length !== 1) return;
      jump(tree, item, e.key);
  }
  e.preventDefault();
});
