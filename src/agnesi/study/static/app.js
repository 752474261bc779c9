// What every page has: copy buttons, and keys. Nothing here is needed to read.

document.documentElement.classList.add("js");

const copyable = (root) => {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("button[data-copy][hidden]")) button.hidden = false;
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const from = button.dataset.copy ? document.getElementById(button.dataset.copy) : button.closest(".code")?.querySelector("pre");
  const label = button.querySelector("span") ?? button;
  const before = label.textContent;
  try {
    await navigator.clipboard.writeText(from.value ?? from.textContent);
    label.textContent = "Copied";
  } catch {
    label.textContent = "Not copied";
  }
  setTimeout(() => { label.textContent = before; }, 1600);
});

const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const search = document.getElementById("site-search");
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
});

// What is wider than its place can be scrolled with the keys.
const reachable = () => {
  for (const box of document.querySelectorAll('.formula, .prose math[display="block"], pre, .scroll')) {
    box.classList.toggle("more", box.scrollWidth > box.clientWidth + 1);
    if (box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1) {
      box.tabIndex = 0;
      if (!box.hasAttribute("role") && !box.matches("math")) box.setAttribute("role", "group");
      if (!box.hasAttribute("aria-label")) box.setAttribute("aria-label", box.matches("pre") ? "Text" : "Formula");
    } else if (box.matches(".formula, math")) {
      box.removeAttribute("tabindex");
    }
  }
};

const ready = () => { copyable(document); reachable(); };
ready();
addEventListener("resize", reachable);
document.fonts?.ready.then(reachable);
for (const name of ["htmx:after:swap", "htmx:afterSwap"]) document.addEventListener(name, ready);
