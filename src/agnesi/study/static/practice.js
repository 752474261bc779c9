// An exercise: what is typed is kept and judged line by line; buttons answer in place; the address tells the state.

const work = () => document.getElementById("work");
const form = () => document.getElementById("answer");
const PAUSE = 120; // milliseconds without a key, after which the lines are judged
const HEADERS = { "HX-Request": "true" };
const address = () => form().getAttribute("action").replace(/ask$/, "");

let waiting, reading, asking;

async function read() {
  waiting = undefined;
  reading?.abort();
  const mine = (reading = new AbortController());
  try {
    const answer = await fetch(`${address()}live`, { method: "POST", body: new FormData(form()), headers: HEADERS, signal: mine.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    const html = await answer.text();
    const place = document.getElementById("live");
    if (mine === reading && place) place.innerHTML = html;
    document.dispatchEvent(new CustomEvent("htmx:after:swap"));
  } catch (fault) {
    if (fault.name !== "AbortError") waiting = setTimeout(read, 2000);
  }
}

document.addEventListener("input", (event) => {
  if (event.target.form !== form() || event.target.name !== "text") return;
  clearTimeout(waiting);
  waiting = setTimeout(read, event.target.type === "radio" ? 0 : PAUSE);
});

addEventListener("pagehide", () => { if (waiting) navigator.sendBeacon(`${address()}live`, new FormData(form())); });

async function ask(submitter) {
  asking?.abort();
  const mine = (asking = new AbortController());
  clearTimeout(waiting); waiting = undefined; reading?.abort();
  const data = new FormData(form(), submitter);
  work().setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form().action, { method: "POST", body: data, signal: mine.signal });
    if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
    show(await answer.text(), answer.url, submitter?.value ?? "check");
  } catch (fault) {
    if (fault.name === "AbortError") return;
    work().setAttribute("aria-busy", "false");
    document.getElementById("said").textContent = "That did not work; try again.";
  }
}

function show(html, url, did) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const fresh = page.getElementById("work");
  if (!fresh) { location.assign(url); return; }
  const at = document.getElementById("text")?.selectionStart;
  work().replaceWith(document.adoptNode(fresh));
  history.replaceState(null, "", url);
  const text = document.getElementById("text");
  const next = document.getElementById("next");
  if (next) next.focus({ preventScroll: true });
  else if (text) { text.focus({ preventScroll: true }); if (at !== undefined) text.setSelectionRange(at, at); }
  const told = did === "hint" ? document.querySelector(".hints li:last-child") : document.querySelector("#told .verdict") ?? document.querySelector(".solution");
  document.getElementById("said").textContent = told?.innerText ?? "";
  told?.scrollIntoView({ block: "nearest" });
  document.dispatchEvent(new CustomEvent("htmx:after:swap"));
}

document.addEventListener("submit", (event) => {
  if (event.target !== form() || event.submitter?.value === "again") return;
  event.preventDefault();
  ask(event.submitter ?? form().querySelector('[value="check"]'));
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.target.id !== "text") return;
  event.preventDefault();
  ask(form().querySelector('[value="check"]'));
});
