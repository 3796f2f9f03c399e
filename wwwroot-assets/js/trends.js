// [data-trend] is a plot whose buckets begin at data-first (seconds) and are data-step long. All plots of a page show the same moment
// under one crosshair, and say what stands there; a click opens the jobs behind it.
import { absolute, duration } from "./times.js";

const number = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const write = {
  completion: (value) => `${(value * 100).toFixed(1)} %`,
  duration: (value) => duration(value * 1000),
  retries: (value) => number.format(value),
  recoveries: (value) => number.format(value),
};

function plots() {
  return [...document.querySelectorAll("[data-trend]")];
}

function placeOf(plot, x) {
  const box = plot.getBoundingClientRect(), count = Number(plot.dataset.count);
  return Math.min(count - 1, Math.max(0, Math.floor(((x - box.left) / box.width) * count)));
}

function timeOf(plot, place) {
  return new Date((Number(plot.dataset.first) + place * Number(plot.dataset.step)) * 1000);
}

function show(place) {
  for (const plot of plots()) {
    const cross = plot.querySelector(".trend__cross"), said = plot.closest("section").querySelector("[data-trend-said]");
    if (place === null) {
      cross.style.visibility = "";
      if (said) said.textContent = "";
      continue;
    }
    cross.style.visibility = "visible";
    cross.style.left = `${((place + .5) / Number(plot.dataset.count)) * 100}%`;
    const values = [...plot.querySelectorAll("[data-values]")].map((line) => {
      const text = line.dataset.values.split(",")[place];
      return `${line.dataset.name ? `${line.dataset.name} ` : ""}${text ? write[plot.dataset.metric](Number(text)) : "–"}`;
    });
    if (said) said.textContent = `${absolute(timeOf(plot, place), new Date())} · ${values.join(" · ")}`;
  }
}

document.addEventListener("pointermove", (event) => {
  const plot = event.target.closest?.("[data-trend]");
  if (plot) show(placeOf(plot, event.clientX));
  else if (document.querySelector(".trend__cross[style*='visible']")) show(null);
});

document.addEventListener("click", (event) => {
  const plot = event.target.closest?.("[data-trend]");
  if (!plot || event.target.closest("button")) return;
  const at = timeOf(plot, placeOf(plot, event.clientX)).toISOString().replace(".000Z", "Z");
  Blazor.navigateTo(`${plot.dataset.href}&at=${encodeURIComponent(at)}`);
});
