// Runs before the first paint: theme, width of the rail, form of times. Classic script, so nothing flashes.
(() => {
  const root = document.documentElement;
  const read = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const write = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private mode: lasts for this page */ } };
  const dark = matchMedia("(prefers-color-scheme: dark)");

  function applyTheme(choice) {
    root.dataset.themeChoice = choice;
    root.dataset.theme = choice === "system" ? (dark.matches ? "dark" : "light") : choice;
  }

  // What the person stored for all browsers, under what was chosen in this one.
  applyTheme(read("ac-theme") ?? root.dataset.prefTheme ?? "system");
  root.dataset.rail = read("ac-rail") === "narrow" ? "narrow" : "wide";
  root.dataset.times = read("ac-times") ?? root.dataset.prefTimes ?? "auto";

  dark.addEventListener("change", () => { if (root.dataset.themeChoice === "system") applyTheme("system"); });
  addEventListener("storage", (e) => { if (e.key === "ac-theme") applyTheme(e.newValue ?? "system"); });
  document.addEventListener("click", (e) => {
    const theme = e.target.closest?.("[data-theme-set]");
    if (theme) {
      applyTheme(theme.dataset.themeSet);
      write("ac-theme", theme.dataset.themeSet);
    }
    if (e.target.closest?.("[data-rail-toggle]")) {
      root.dataset.rail = root.dataset.rail === "narrow" ? "wide" : "narrow";
      write("ac-rail", root.dataset.rail);
    }
  });
})();
