// Keys of a tree: one tab stop, arrows move and fold, Enter selects, letters jump with data-typeahead. In a tree with data-tree-moves the selection
// goes with the focus (the event actreemove tells where it rests), and Escape closes what [data-tree-close] closes.
const rest = 120;
let typed = "", typedAt = 0, moving;

const row = (item) => item.querySelector(":scope > [data-tree-select]");
const shown = (tree) => [...tree.querySelectorAll("[role=treeitem]")];

function go(tree, item) {
  if (!item) return;
  for (const other of shown(tree)) if (other.tabIndex === 0) other.tabIndex = -1;
  item.tabIndex = 0;
  item.focus();
  if (!tree.hasAttribute("data-tree-moves")) return;
  clearTimeout(moving);
  moving = setTimeout(() => item.dispatchEvent(new CustomEvent("actreemove", { bubbles: true, detail: { id: item.dataset.id } })), rest);
}

const level = (item) => Number(item.getAttribute("aria-level"));

// Told at once, so that a second key before the server's answer does not fold back.
function fold(item, open) {
  if (item.getAttribute("aria-expanded") !== (open ? "false" : "true")) return;
  row(item)?.querySelector("[data-tree-fold]")?.click();
  item.setAttribute("aria-expanded", String(open));
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
      else if (open === "true" && all[at + 1] && level(all[at + 1]) > level(item)) go(tree, all[at + 1]);
      break;
    case "ArrowLeft":
      if (open === "true") fold(item, false);
      else go(tree, all.slice(0, at).findLast((i) => level(i) < level(item)));
      break;
    case "Enter": case " ":
      clearTimeout(moving);
      row(item)?.click();
      break;
    default:
      if (e.key.length !== 1 || !tree.hasAttribute("data-typeahead")) return;
      jump(tree, item, e.key);
  }
  e.preventDefault();
});

document.addEventListener("keydown", (e) => {
  if (e.key !== "Escape" || e.defaultPrevented || e.isComposing) return;
  const close = e.target.closest?.("[data-tree-parts]")?.querySelector("[data-tree-close]");
  if (!close) return;
  clearTimeout(moving);
  close.click();
  e.preventDefault();
});

// Whoever presses something that goes by it is back in the tree.
document.addEventListener("click", (e) => {
  const tree = e.target.closest?.("[data-tree-close], [data-tree-back]")?.closest("[data-tree-parts]")?.querySelector("[data-tree-moves]");
  if (tree && !tree.contains(document.activeElement)) (tree.querySelector("[role=treeitem][tabindex='0']") ?? tree.querySelector("[role=treeitem]"))?.focus({ preventScroll: true });
});

/** Brings the selected row of a tree into sight; one that is not drawn yet stands so many rows of 28 px below the first. */
export function showRow(no) {
  const tree = document.querySelector("[data-tree-moves]"), selected = tree?.querySelector("[role=treeitem][aria-selected='true']");
  if (selected) {
    selected.scrollIntoView({ block: "nearest" });
  } else if (tree) {
    const body = document.getElementById("ac-body");
    body.scrollTop += tree.getBoundingClientRect().top + no * 28 - body.getBoundingClientRect().top - body.clientHeight / 2;
  }
}
