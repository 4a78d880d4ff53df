/** Sources are found by words of their titles, authors and addresses, and chosen by their titles. */
import { pick } from "./combobox.js";

/**
 * @typedef {object} Found
 * @property {string} key
 * @property {string} title
 * @property {string} line
 * @property {string} affiliation
 * @property {string} party
 * @property {string} shown What the field shows when it is chosen.
 */

const PAUSE = 150;
const ADDRESS = /^(?:https?:\/\/|www\.|doi:|10\.\d{4,9}\/)\S+$/i;

/** @type {(form: HTMLFormElement) => void} */
export function searchSources(form) {
  for (const part of form.querySelectorAll("[data-source]")) {
    enhance(/** @type {HTMLElement} */ (part), form);
  }
}

/** @type {(part: HTMLElement, form: HTMLFormElement) => void} */
function enhance(part, form) {
  const input = /** @type {HTMLInputElement} */ (part.querySelector("input:not([type])"));
  const card = /** @type {HTMLElement} */ (part.querySelector(".source-card"));
  const button = /** @type {HTMLButtonElement} */ (part.querySelector(".source-new"));
  const label = form.querySelector(`label[for="${CSS.escape(input.id)}"]`);
  /** @type {Map<string, Found>} */
  const known = new Map();

  // What an answer without script offered to choose from, the list offers as well.
  const settle = () => part.querySelectorAll(".source-found, .source-none").forEach((old) => old.remove());
  const noted = () => {
    const isNew = ADDRESS.test(input.value.trim());
    button.textContent = (isNew ? button.dataset.address : button.dataset.plain) ?? "";
  };

  input.addEventListener("input", () => {
    settle();
    card.replaceChildren();
    noted();
  });
  pick(input, {
    name: label?.firstChild?.textContent?.trim() ?? "",
    none: form.dataset.none ?? "",
    found: form.dataset.found ?? "",
    find: async (typed) => {
      await new Promise((ready) => window.setTimeout(ready, PAUSE));
      if (input.value.trim() !== typed) return [];
      const answer = await fetch(`/find/sources?q=${encodeURIComponent(typed)}`);
      const found = /** @type {Found[]} */ (answer.ok ? await answer.json() : []);
      for (const source of found) known.set(source.key, source);
      return found.map((source) => ({
        value: source.key,
        label: source.title,
        told: [source.line, source.affiliation, source.party].filter(Boolean).join(" · "),
      }));
    },
    take: (choice) => {
      const source = known.get(choice.value);
      if (!source) return;
      input.value = source.shown;
      settle();
      card.replaceChildren(described(source));
      noted();
      // Not `input`, which would be what somebody types.
      input.dispatchEvent(new Event("change", { bubbles: true }));
      form.dispatchEvent(new Event("input"));
    },
    left: noted,
  });
}

/** @type {(source: Found) => HTMLElement} */
function described(source) {
  const line = document.createElement("p");
  line.className = "by";
  const link = document.createElement("a");
  link.href = `/sources/${source.key}`;
  link.target = "_blank";
  link.rel = "noopener";
  link.dir = "auto";
  link.textContent = source.title;
  line.append(link, ...[source.line, source.affiliation, source.party].filter(Boolean).map((text) => ` · ${text}`));
  return line;
}
