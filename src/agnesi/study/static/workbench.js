// The workbench: keeps and sets in type what is typed, shows answers without a new page, moves plots.

import { show as showHandles, write } from "./handles.js";
import { draw, theme } from "./plotly.js";

const bench = document.getElementById("bench");
const form = () => document.getElementById("ask");
const field = (name) => form().querySelector(`[name="${name}"]`);
const PAUSE = 25; // milliseconds without a key, after which the sheet is read
const HEADERS = { "HX-Request": "true" };

const said = (text) => { const place = document.getElementById("kept"); if (place) place.textContent = text; };

// ---- a button that is pressed is not replaced before it is released: its click would be lost

let pressed, put = [];
const calmly = (change) => { if (pressed) put.push(change); else change(); };
const released = () => setTimeout(() => {
  pressed = false;
  for (const change of put.splice(0)) change();
});
bench.addEventListener("pointerdown", () => { pressed = true; }, true);
for (const name of ["pointerup", "pointercancel"]) addEventListener(name, released, true);

// ---- what is typed is kept and set in type

let waiting, reading;
const type = () => {
  said("…");
  clearTimeout(waiting);
  waiting = setTimeout(read, PAUSE);
};

async function read() {
  waiting = undefined;
  reading?.abort();
  const mine = (reading = new AbortController());
  const text = field("text").value;
  try {
    const answer = await fetch("/workbench/preview", { method: "POST", body: new FormData(form()), headers: HEADERS, signal: mine.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    const html = await answer.text();
    if (mine !== reading) return;
    taken(answer);
    if (field("text").value === text) said(answer.headers.get("x-crossed") || (field("id").value ? "Kept" : ""));
    calmly(() => {
      if (mine.signal.aborted || mine !== reading) return;
      document.getElementById("preview").innerHTML = html;
      document.dispatchEvent(new CustomEvent("htmx:after:swap"));
    });
  } catch (fault) {
    if (fault.name === "AbortError") return;
    said("Not kept yet; trying again");
    waiting = setTimeout(read, 2000);
  }
}

// A sheet that is kept for the first time gets its address.
function taken(answer) {
  const id = answer.headers.get("x-sheet");
  if (id && field("id").value !== id) {
    field("id").value = id;
    const figure = document.getElementById("plot");
    if (figure) figure.dataset.from = `/workbench/${id}/plot.json`;
    history.replaceState(null, "", `/workbench/${id}${location.search.replace(/([?&])text=[^&]*&?/, "$1").replace(/[?&]$/, "")}`);
  }
  if (id) field("seen").value = answer.headers.get("x-seen");
  const versions = answer.headers.get("x-versions");
  if (!id || !versions) return;
  for (const [k, way] of [[0, "undo"], [1, "redo"]]) {
    const button = document.getElementById(way);
    button.disabled = versions[k] !== "1";
    button.setAttribute("formaction", `/workbench/${id}/${way}`);
  }
}

addEventListener("pagehide", () => { if (waiting) navigator.sendBeacon("/workbench/preview", new FormData(form())); });

// ---- tools answer in place

let asking;
async function ask(submitter) {
  asking?.abort();
  const mine = (asking = new AbortController());
  clearTimeout(waiting); waiting = undefined; reading?.abort();
  document.getElementById("answer").setAttribute("aria-busy", "true");
  const data = new FormData(form(), submitter);
  const where = submitter?.getAttribute("formaction") ?? "/workbench/ask";
  try {
    const answer = await fetch(where, { method: "POST", body: data, headers: HEADERS, signal: mine.signal });
    if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
    const html = await answer.text();
    calmly(() => { if (mine === asking) show(html, answer.headers.get("x-address")); });
  } catch (fault) {
    if (fault.name === "AbortError") return;
    document.getElementById("answer").setAttribute("aria-busy", "false");
    said("That did not work; try again");
  }
}

function show(html, address) {
  const editor = document.getElementById("text");
  const focus = document.activeElement;
  const was = { id: focus?.id, value: focus?.getAttribute?.("value"), name: focus?.getAttribute?.("name"), start: editor.selectionStart, top: editor.scrollTop, height: editor.style.height };
  bench.innerHTML = html;
  if (address && address !== location.pathname + location.search) history.pushState(null, "", address);
  const next = document.getElementById("text");
  next.style.height = was.height;
  next.setSelectionRange(was.start, was.start);
  next.scrollTop = was.top;
  const back = (was.id && document.getElementById(was.id)) || (was.name && [...form().querySelectorAll(`button[name="${was.name}"]`)].find((b) => b.value === was.value && b.id !== "again")) || next;
  if (was.id || was.name) back.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("htmx:after:swap"));
  plot();
}

addEventListener("popstate", () => location.reload());
bench.addEventListener("submit", (event) => { event.preventDefault(); ask(event.submitter); });
bench.addEventListener("input", (event) => {
  if (event.target.id === "text") type();
  else if (event.target.type === "range") slide(event.target);
});
bench.addEventListener("change", (event) => {
  if (event.target.matches("select")) ask(document.getElementById("again"));
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    ask(document.getElementById("again"));
  } else if (event.altKey && !event.ctrlKey && /^Digit[1-9]$/.test(event.code)) {
    const button = form().querySelector(`button[data-key="${event.code.slice(5)}"]`);
    if (button) { event.preventDefault(); ask(button); }
  }
});

// ---- shapes under the pointer

let tip;
document.addEventListener("pointerover", (event) => {
  const node = event.target.closest?.("#bench [data-shape]");
  tip?.remove();
  tip = undefined;
  if (!node) return;
  tip = document.createElement("div");
  tip.className = "tip";
  tip.setAttribute("aria-hidden", "true");
  tip.textContent = node.dataset.shape;
  document.body.append(tip);
  const box = node.getBoundingClientRect();
  tip.style.left = `${Math.max(4, Math.min(innerWidth - tip.offsetWidth - 4, box.left + box.width / 2 - tip.offsetWidth / 2))}px`;
  tip.style.top = `${Math.max(4, box.top - tip.offsetHeight - 4)}px`;
});

// ---- plots that move

let shown, drawing, again, listening;
let still, loose; // the axes while a point is dragged; whether the text was changed by that and is not kept yet
async function plot() {
  const place = document.getElementById("drawing");
  if (!place) return;
  shown = JSON.parse(document.getElementById("figure").textContent);
  shown.text = field("text").value;
  loose = false;
  place.hidden = false;
  listening = undefined;
  if (theme() === "dark") await move();
  else await render();
}

async function render() {
  const place = document.getElementById("drawing");
  if (!place || !shown?.figure) return;
  const figure = structuredClone(shown.figure);
  if (still) for (const name of ["xaxis", "yaxis"]) Object.assign(figure.layout[name], { range: still[name], autorange: false });
  figure.config = { displayModeBar: false, scrollZoom: false };
  figure.layout.dragmode = false;
  place.style.height = `${figure.layout.height ?? 420}px`;
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", shown.alt);
  await draw(place, figure);
  place.dataset.drawn = String(Number(place.dataset.drawn ?? 0) + 1);
  handles();
  if (listening !== place) {
    listening = place;
    place.on("plotly_afterplot", handles);
  }
}

function handles() {
  const place = document.getElementById("drawing"), layer = document.getElementById("handles");
  if (layer && shown) showHandles(layer, place, shown.handles ?? [], dragged);
}

// A point was moved: of a curve, or numbers in the text of the sheet.
function dragged(point, at, over) {
  const layout = document.getElementById("drawing")._fullLayout;
  still = over ? undefined : (still ?? { xaxis: [...layout.xaxis.range], yaxis: [...layout.yaxis.range] });
  if (point.places.length) {
    if (!loose && !field("id").value) read(); // as it was, for undo
    write(point, at, () => shown.text, (name, text) => { field(name).value = text; });
    loose = true;
    if (over) type();
  } else document.getElementById("at").value = at.slice(0, point.along).join(", ");
  move();
}

function slide(input) {
  const output = form().querySelector(`output[for="${input.id}"]`);
  if (output) output.textContent = Number(input.value);
  move();
}

// Ask for the picture as the sliders stand now; while one is asked for, only the last of the others is.
async function move() {
  if (drawing) { again = true; return; }
  drawing = true;
  try {
    do {
      again = false;
      const figure = document.getElementById("plot");
      const query = new URLSearchParams();
      for (const [name, value] of new FormData(form())) {
        if (name.startsWith("v_") || (["wrt", "along", "at", "dialect", "number"].includes(name) && value)) query.set(name, value);
      }
      const text = field("text").value;
      if (!field("id").value || loose) query.set("text", text);
      query.set("do", "plot");
      query.set("theme", theme());
      if (shown.window?.length) query.set("window", shown.window.join(", "));
      const answer = await fetch(`${figure.dataset.from}?${query}`);
      const found = await answer.json();
      if (found.problem) { said(found.problem); continue; }
      shown = { ...found, text };
      document.getElementById("plot-words").textContent = found.alt;
      const id = field("id").value;
      if (!id || found.address.includes(id)) history.replaceState(null, "", found.address);
      await render();
    } while (again);
  } finally {
    drawing = false;
  }
}

// ---- a document dropped on the page is checked

document.addEventListener("dragover", (event) => { if ([...event.dataTransfer.types].includes("Files")) event.preventDefault(); });
document.addEventListener("drop", async (event) => {
  if (!event.dataTransfer?.files.length) return;
  event.preventDefault();
  said("Checking the document …");
  const data = new FormData();
  data.set("csrf", field("csrf").value);
  for (const file of event.dataTransfer.files) data.append("file", file);
  try {
    const answer = await fetch("/workbench/documents", { method: "POST", body: data });
    if (!answer.redirected) throw new Error(String(answer.status));
    location.href = answer.url;
  } catch {
    said("The document could not be taken; it may be too large");
  }
});

plot();

// Who types before this script is there loses nothing.
if (field("text").value !== field("text").defaultValue) type();
