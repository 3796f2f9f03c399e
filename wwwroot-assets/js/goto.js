// "Go to…": the server finds, the browser moves through what was found.
const find = (id) => document.getElementById(id);

// Whether the arrows were used since the last letter.
let chosen = false;
// Enter was pressed before what was typed last had been looked for.
let hasty = false;

function items() {
  return [...(find("ac-goto-list")?.querySelectorAll("[role=option]") ?? [])];
}

function answered() {
  return find("ac-goto-list").dataset.for === find("ac-goto").querySelector("input").value;
}

function mark(item) {
  for (const other of items()) other.setAttribute("aria-selected", other === item ? "true" : "false");
  const input = find("ac-goto")?.querySelector("input");
  if (item) {
    input?.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  } else {
    input?.removeAttribute("aria-activedescendant");
  }
}

function follow(item) {
  hasty = false;
  find("ac-goto").close();
  Blazor.navigateTo(item.dataset.href);
}

document.addEventListener("keydown", (e) => {
  if (!e.target.closest?.("#ac-goto")) return;
  const all = items(), at = all.findIndex((i) => i.getAttribute("aria-selected") === "true");
  if (e.key === "ArrowDown" || e.key === "ArrowUp") {
    e.preventDefault();
    chosen = true;
    if (all.length) mark(all[(at + (e.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]);
  } else if (e.key === "Enter") {
    e.preventDefault();
    if (all.length && answered()) follow(all[Math.max(at, 0)]);
    else hasty = true;
  }
});

document.addEventListener("click", (e) => {
  const item = e.target.closest?.("#ac-goto-list [role=option]");
  if (item) follow(item);
});

document.addEventListener("input", (e) => {
  if (!e.target.closest?.("#ac-goto")) return;
  chosen = hasty = false;
  mark(items()[0]);
});

// Found anew: the first is marked, but for one that a person chose and that is still there.
new MutationObserver((changes) => {
  if (!changes.some((c) => c.target.id === "ac-goto-list" || c.target.closest?.("#ac-goto-list"))) return;
  const all = items();
  if (hasty && all.length && answered() && find("ac-goto").open) follow(all[0]);
  else mark((chosen && all.find((i) => i.getAttribute("aria-selected") === "true")) || all[0]);
}).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-for"] });

document.addEventListener("ac-opened", (e) => {
  if (e.target.id !== "ac-goto") return;
  const input = e.target.querySelector("input");
  input.value = "";
  input.dispatchEvent(new Event("input", { bubbles: true }));
  mark(items()[0]);
}, true);
