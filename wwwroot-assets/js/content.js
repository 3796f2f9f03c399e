// Pictures from elsewhere load only when a person asks.
document.addEventListener("click", (e) => {
  const button = e.target.closest?.("[data-load-picture]");
  const holder = button?.closest("[data-src]");
  if (!holder) return;
  const picture = document.createElement("img");
  picture.src = holder.dataset.src;
  picture.alt = holder.dataset.alt ?? "";
  picture.referrerPolicy = "no-referrer";
  picture.style.maxWidth = "100%";
  holder.replaceChildren(picture);
});

// Copy buttons: data-copy="text".
document.addEventListener("click", async (e) => {
  const button = e.target.closest?.("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  globalThis.ac?.announce("polite", "Copied.");
});
