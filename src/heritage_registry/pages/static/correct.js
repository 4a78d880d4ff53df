/** The page to correct or object: makes a small file on this machine. Nothing is sent anywhere. */

const form = /** @type {HTMLFormElement} */ (document.getElementById("correct-form"));
const about = /** @type {HTMLElement} */ (document.getElementById("about-record"));
const done = /** @type {HTMLElement} */ (document.getElementById("correct-done"));

/** Which record the address names, if it names one. */
function record() {
  const found = /^#(sites|claims|sources)\/([0-9a-z-]{1,80})$/.exec(location.hash);
  return found && { folder: found[1], id: found[2] };
}

function show() {
  const named = record();
  about.hidden = form.hidden = !named;
  /** @type {HTMLElement} */ (document.getElementById("with-file")).hidden = !named;
  if (!named) return;
  const link = /** @type {HTMLAnchorElement} */ (about.querySelector("a"));
  for (const other of document.querySelectorAll(".languages a")) {
    /** @type {HTMLAnchorElement} */ (other).hash = location.hash;
  }
  link.href = `${named.folder}/${named.id}.html`;
  /** @type {HTMLElement} */ (link.firstElementChild).textContent = named.id;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const named = record();
  const value = (/** @type {string} */ id) =>
    /** @type {HTMLInputElement | HTMLTextAreaElement} */ (document.getElementById(id)).value.trim();
  if (!named || !value("correct-text")) return;
  const letter = {
    format: "heritage-registry-correction",
    version: 1,
    folder: named.folder,
    record: named.id,
    language: form.dataset.language,
    edition: form.dataset.digest,
    about: value("correct-about"),
    text: value("correct-text"),
  };
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([`${JSON.stringify(letter, null, 2)}\n`], { type: "application/json" }));
  link.download = `correction-${named.id}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  done.textContent = done.dataset.done ?? "";
});

addEventListener("hashchange", show);
show();
