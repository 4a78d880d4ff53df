/** The page of corrections: a file that a reader handed over is put into the field that it would be pasted into. */

const MOST_BYTES = 64_000;
const choose = /** @type {HTMLElement} */ (document.getElementById("choose-file"));
const file = /** @type {HTMLInputElement} */ (document.getElementById("letter-file"));
const text = /** @type {HTMLTextAreaElement} */ (document.getElementById("letter-paste"));

/** @param {File | undefined} chosen */
async function read(chosen) {
  if (chosen) text.value = await chosen.slice(0, MOST_BYTES + 1).text();
}

choose.hidden = false;
file.addEventListener("change", () => read(file.files?.[0]));
text.addEventListener("dragover", (event) => event.preventDefault());
text.addEventListener("drop", (event) => {
  if (!event.dataTransfer?.files.length) return;
  event.preventDefault();
  read(event.dataTransfer.files[0]);
});
