// Figures of a lesson can be turned and have sliders; a page follows its file where the app watches.

import { draw, theme } from "./plotly.js";

for (const select of document.querySelectorAll("select[data-submit]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

for (const figure of document.querySelectorAll("figure[data-figure]")) interactive(figure);

function interactive(figure) {
  const button = figure.querySelector("button[data-turn]");
  const sliders = [...figure.querySelectorAll("input[type=range]")];
  const still = figure.querySelector("picture");
  const words = figure.querySelector(".words");
  let place, asked = 0, answered = 0, again;

  const address = () => {
    const query = new URLSearchParams({ theme: theme() });
    for (const slider of sliders) query.set(slider.name, slider.value);
    return `${figure.dataset.figure}?${query}`;
  };

  const show = async () => {
    const mine = ++asked;
    const answer = await fetch(address());
    if (!answer.ok) throw new Error(String(answer.status));
    const found = await answer.json();
    if (mine < answered) return;
    answered = mine;
    if (!place) {
      place = document.createElement("div");
      place.className = "plot";
      place.setAttribute("role", "group");
      still.after(place);
    }
    place.setAttribute("aria-label", found.alt ?? words.textContent);
    still.hidden = true;
    await draw(place, found);
    if (found.alt) words.textContent = still.querySelector("img").alt = found.alt;
    const code = figure.querySelector("pre code");
    if (found.code && code) code.textContent = found.code;
    button.hidden = true;
  };

  const shown = async () => {
    button.disabled = true;
    try {
      await show();
    } catch {
      button.querySelector("span").textContent = "That did not work; try again";
      button.disabled = false;
    }
  };

  button.hidden = false;
  button.addEventListener("click", shown);
  for (const slider of sliders) {
    const label = slider.closest("label");
    label.hidden = false;
    slider.addEventListener("input", () => {
      label.querySelector("output").textContent = String(Number(Number(slider.value).toPrecision(6)));
      clearTimeout(again);
      again = setTimeout(shown, 60);
    });
  }
}

const watched = document.querySelector("[data-watch]");
if (watched) {
  let first;
  setInterval(async () => {
    try {
      const { stamp } = await (await fetch(watched.dataset.watch)).json();
      first ??= stamp;
      if (stamp !== first) location.reload();
    } catch { /* the app may be starting again */ }
  }, 700);
}
