// Points of a drawing that a person drags with the pointer or moves with the arrow keys. They lie over the drawing, as
// buttons, so that they are reached by keys, named by screen readers, and moved while the picture follows.

const ROUND = 200; // steps across a drawing to which a point keeps

const axes = (place) => {
  const layout = place._fullLayout;
  return layout?.xaxis && layout?.yaxis ? [layout.xaxis, layout.yaxis] : null;
};

const nice = (size) => {
  const power = 10 ** Math.floor(Math.log10(size));
  return power * ([1, 2, 5, 10].find((k) => k * power >= size * 0.999) ?? 10);
};

const steps = (place) => axes(place).map((axis) => nice(Math.abs(axis.range[1] - axis.range[0]) / ROUND));
const kept = (value, step) => Number((Math.round(value / step) * step).toPrecision(6));
const said = (value) => String(value).replace("-", "−");

// Show the points of a drawing. `moved(point, [x, y], over)` is called while one moves; `over` once it rests.
export function show(layer, place, points, moved) {
  const found = axes(place);
  const held = layer.querySelector("[data-held]");
  while (layer.children.length > (found ? points.length : 0)) layer.lastChild.remove();
  if (!found) return;
  points.forEach((point, k) => {
    const button = layer.children[k] ?? layer.appendChild(made(layer, place));
    button.point = point;
    button.moved = moved;
    if (button !== held) put(button, place, point.at);
  });
}

function put(button, place, at) {
  const [x, y] = axes(place);
  button.at = at;
  button.style.left = `${x._offset + x.d2p(at[0])}px`;
  button.style.top = `${y._offset + y.d2p(at[1])}px`;
  const where = button.point.along === 1 ? said(at[0]) : `(${said(at[0])}, ${said(at[1])})`;
  button.setAttribute("aria-label", `${button.point.label} at ${where}; the arrow keys move it`);
  button.title = `${button.point.label} at ${where}`;
}

function made(layer, place) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "handle";
  const to = (x, y, over) => {
    const step = steps(place);
    const at = [kept(x, step[0]), button.point.along === 1 ? y : kept(y, step[1])];
    put(button, place, at);
    button.moved(button.point, at, over);
  };
  button.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    button.focus();
    button.setPointerCapture(event.pointerId);
    button.dataset.held = "";
  });
  button.addEventListener("pointermove", (event) => {
    if (!("held" in button.dataset)) return;
    const [x, y] = axes(place), box = place.getBoundingClientRect();
    to(x.p2d(event.clientX - box.left - x._offset), button.point.along === 1 ? button.at[1] : y.p2d(event.clientY - box.top - y._offset), false);
  });
  const release = () => {
    if (!("held" in button.dataset)) return;
    delete button.dataset.held;
    button.moved(button.point, button.at, true);
  };
  button.addEventListener("pointerup", release);
  button.addEventListener("pointercancel", release);
  button.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[event.key];
    if (!way || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (button.point.along === 1 && !way[0]) return;
    const step = steps(place), far = event.shiftKey ? 10 : 2;
    to(button.at[0] + far * way[0] * step[0], button.at[1] + far * way[1] * step[1], false);
    clearTimeout(button.rest);
    button.rest = setTimeout(() => button.moved(button.point, button.at, true), 400);
  });
  return button;
}

// Write the numbers of a point where they stand: `text` gives the text of a field, `put` takes its new text.
export function write(point, at, text, put) {
  const places = point.places.map(([field, start, stop], k) => ({ field, start, stop, number: String(at[k]) }));
  for (const field of new Set(places.map((one) => one.field))) {
    const signs = [...text(field)]; // places count signs, as Python does
    for (const one of places.filter((p) => p.field === field).sort((a, b) => b.start - a.start)) signs.splice(one.start, one.stop - one.start, one.number);
    put(field, signs.join(""));
  }
}
