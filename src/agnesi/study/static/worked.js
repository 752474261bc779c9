// The picture beside an algorithm: points are dragged, the numbers in the form change, picture and steps follow.

import { show, write } from "./handles.js";
import { draw, theme } from "./plotly.js";

const form = document.getElementById("asked");
const place = document.getElementById("drawing");
const layer = document.getElementById("handles");
const field = (name) => form.querySelector(`[name="${name}"]`);

let shown = JSON.parse(document.getElementById("figure").textContent);
let texts = read(), drawing, again, still, listening;

function read() {
  return Object.fromEntries([...new FormData(form)]);
}

async function render() {
  const figure = structuredClone(shown.figure);
  if (still) for (const name of ["xaxis", "yaxis"]) Object.assign(figure.layout[name] ?? {}, { range: still[name], autorange: false });
  figure.config = { displayModeBar: false, scrollZoom: false };
  if (shown.handles.length) figure.layout.dragmode = false;
  place.hidden = false;
  place.style.height = `${figure.layout.height ?? 420}px`;
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", shown.alt);
  await draw(place, figure);
  place.dataset.drawn = String(Number(place.dataset.drawn ?? 0) + 1);
  handles();
  if (!listening) { listening = true; place.on("plotly_afterplot", handles); }
}

const handles = () => show(layer, place, shown.handles, dragged);

function dragged(point, at, over) {
  const layout = place._fullLayout;
  still = over ? undefined : (still ?? { xaxis: [...layout.xaxis.range], yaxis: [...layout.yaxis.range] });
  write(point, at, (name) => texts[name], (name, text) => { field(name).value = text; });
  move();
  if (over) form.requestSubmit();
}

// Ask for the picture as the form stands now; while one is asked for, only the last of the others is.
async function move() {
  if (drawing) { again = true; return; }
  drawing = true;
  try {
    do {
      again = false;
      const asked = read();
      const answer = await fetch(`${document.getElementById("plot").dataset.from}?${new URLSearchParams({ ...asked, theme: theme() })}`);
      if (!answer.ok) continue; // of what is asked now there is none; the last one stays
      [shown, texts] = [await answer.json(), asked];
      document.getElementById("plot-words").textContent = shown.alt;
      document.getElementById("how").hidden = !shown.handles.length;
      await render();
    } while (again);
  } finally {
    drawing = false;
  }
}

document.addEventListener("htmx:after:swap", move);
if (theme() === "dark") await move();
else await render();
