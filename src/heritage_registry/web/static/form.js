/** Keeps what is being typed, and brings the reader to what is wrong. Everything works without this too. */
import { watchPlaces } from "./places.js";
import { searchSources } from "./sources.js";
import { readDates } from "./spoken-dates.js";
import { searchWords } from "./words.js";

const PAUSE = 800;

/** What is typed, without files. @type {(form: HTMLFormElement) => URLSearchParams} */
function answersOf(form) {
  const answers = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") answers.append(name, value);
  return answers;
}

/** @type {(form: HTMLFormElement) => void} */
function keepDrafts(form) {
  const status = /** @type {HTMLElement} */ (document.getElementById("draft-status"));
  let timer = 0;
  let changed = false;
  let sending = false;

  const keep = async () => {
    if (sending || !changed) return;
    sending = true;
    changed = false;
    try {
      const answer = await fetch("/drafts", { method: "POST", body: answersOf(form), keepalive: true });
      if (!answer.ok) throw new Error(String(answer.status));
      status.textContent = form.dataset.status ?? "";
      status.classList.remove("fault");
    } catch {
      changed = true;
      status.textContent = form.dataset.failed ?? "";
      status.classList.add("fault");
    }
    sending = false;
    if (changed) later();
  };

  const later = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(keep, PAUSE);
  };

  form.addEventListener("input", () => {
    changed = true;
    later();
  });
  form.addEventListener("submit", () => {
    window.clearTimeout(timer);
    changed = false;
  });
  // A closed lid or tab: what was typed in the last moment goes along.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && changed) navigator.sendBeacon("/drafts", answersOf(form));
  });
}

/** The first answer that is wrong gets the cursor, also where it was folded away. */
function goToFirstFault() {
  const fault = /** @type {HTMLElement | null} */ (
    document.querySelector("#record-form [aria-invalid=true]:not(.unseen)")
  );
  if (!fault || !document.getElementById("faults")) return;
  for (let part = fault.closest("details"); part; part = part.parentElement?.closest("details") ?? null) {
    part.open = true;
  }
  fault.focus();
}

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("record-form"));
if (form) {
  keepDrafts(form);
  searchWords(form);
  searchSources(form);
  readDates(form);
  watchPlaces(form, () => answersOf(form));
  goToFirstFault();
  form.classList.add("with-script");
}
