// "Go to…": the server finds, the browser moves through what was found.
const find = (id) => document.getElementById(id);

function items() {
  return [...(find("ac-goto-list")?.querySelectorAll("[role=option]") ?? [])];
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
  find("ac-goto").close();
  Blazor.navigateTo(item.dataset.href);
}

document.addEventListener("keydown", (e) => {
  if (!e.target.closest?.("#ac-goto")) return;
  const all = items(), at = all.findIndex((i) => i.getAttribute("aria-selected") === "true");
  if (e.key === "ArrowDown" || e.key === "ArrowUp") {
    e.preventDefault();
    if (all.length) mark(all[(at + (e.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]);
  } else if (e.key === "Enter" && all.length) {
    e.preventDefault();
    follow(all[Math.max(at, 0)]);
  }
});

document.addEventListener("click", (e) => {
  const item = e.target.closest?.("#ac-goto-list [role=option]");
  if (item) follow(item);
});

// Found anew: the first is marked.
new MutationObserver((changes) => {
  if (changes.some((c) => c.target.id === "ac-goto-list" || c.target.closest?.("#ac-goto-list"))) mark(items()[0]);
}).observe(document.body, { childList: true, subtree: true });

document.addEventListener("ac-opened", (e) => {
  if (e.target.id !== "ac-goto") return;
  const input = e.target.querySelector("input");
  input.value = "";
  input.dispatchEvent(new Event("input", { bubbles: true }));
  mark(items()[0]);
}, true);
