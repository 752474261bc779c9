// A picture of a result becomes one that can be turned and zoomed, when its button is pressed.

import { draw, theme } from "./plotly.js";

for (const figure of document.querySelectorAll("figure[data-figure]")) {
  const button = figure.querySelector("button[data-turn]");
  if (!button) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    const still = figure.querySelector("picture");
    const place = document.createElement("div");
    place.className = "plot";
    place.setAttribute("role", "group");
    place.setAttribute("aria-label", still.querySelector("img").alt);
    place.hidden = true;
    still.after(place);
    try {
      const answer = await fetch(`${figure.dataset.figure}?theme=${theme()}`);
      if (!answer.ok) throw new Error(String(answer.status));
      const found = await answer.json();
      still.hidden = true;
      place.hidden = false;
      await draw(place, found);
      button.remove();
    } catch {
      still.hidden = false;
      place.remove();
      button.disabled = false;
      button.querySelector("span").textContent = "That did not work; try again";
    }
  });
}
