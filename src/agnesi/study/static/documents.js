// Documents may be dropped anywhere on this page, and are checked at once.

const form = document.getElementById("drop");
const files = document.getElementById("file");
const brings = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    form.classList.add("over");
  });
}
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) form.classList.remove("over"); });
document.addEventListener("drop", (event) => {
  form.classList.remove("over");
  if (!event.dataTransfer?.files.length) return;
  event.preventDefault();
  files.files = event.dataTransfer.files;
  form.requestSubmit();
});
