/** Lists of words that are searched, in any language, by what they are called and by what they mean. */
import { fold, score } from "./map/fold.js";
import { pick } from "./combobox.js";

/**
 * @typedef {object} Word
 * @property {string} id
 * @property {string} label
 * @property {string} meaning
 * @property {string[]} keys Folded labels in all languages.
 * @property {string} told Folded meanings in all languages.
 */

/** @typedef {Word & { group: string }} Grouped */

/** @type {Map<string, Promise<Grouped[]>>} */
const lists = new Map();
/** @type {Promise<import("./map/fold.js").Folding> | undefined} */
let table;

const BY_LABEL = 3;
const BY_BEGINNING = 4;
const BY_MEANING = 1;

/** @type {(form: HTMLFormElement) => void} */
export function searchWords(form) {
  for (const select of form.querySelectorAll("select[data-words]")) {
    enhance(/** @type {HTMLSelectElement} */ (select), form);
  }
}

/** @type {(select: HTMLSelectElement, form: HTMLFormElement) => void} */
function enhance(select, form) {
  const name = select.dataset.words ?? "";
  const input = document.createElement("input");
  input.autocomplete = "off";
  input.dir = "auto";
  input.placeholder = select.options[0]?.text ?? "";
  input.dataset.for = select.name;
  for (const attribute of ["aria-describedby", "aria-invalid"]) {
    const value = select.getAttribute(attribute);
    if (value) input.setAttribute(attribute, value);
  }
  // The label and the links of the list of errors lead to what is typed into.
  input.id = select.id;
  select.id = `${input.id}-chosen`;
  select.classList.add("unseen");
  select.tabIndex = -1;
  select.setAttribute("aria-hidden", "true");
  select.before(input);
  const label = form.querySelector(`label[for="${CSS.escape(input.id)}"]`);
  const meaning = /** @type {HTMLElement | null} */ (
    select.closest(".field")?.querySelector(".chosen-meaning") ?? null
  );

  const show = () => {
    const chosen = select.selectedOptions[0];
    input.value = select.value ? (chosen?.text ?? "") : "";
    if (meaning && !select.value) meaning.textContent = "";
    else if (meaning && select.dataset.explained !== select.value) explain();
  };
  const explain = async () => {
    const value = select.value;
    const word = (await words(name)).find((each) => each.id === value);
    if (meaning && select.value === value) meaning.textContent = word?.meaning ?? "";
    select.dataset.explained = value;
  };
  const set = (/** @type {string} */ value) => {
    if (select.value !== value) {
      select.value = value;
      select.dispatchEvent(new Event("input", { bubbles: true }));
      select.dispatchEvent(new Event("change", { bubbles: true }));
    }
    show();
  };

  select.addEventListener("change", show);
  // Another part of the page can choose too: it tells the form.
  form.addEventListener("input", () => {
    if (document.activeElement !== input) show();
  });
  pick(input, {
    name: label?.firstChild?.textContent?.trim() ?? "",
    none: form.dataset.none ?? "",
    found: form.dataset.found ?? "",
    opensEmpty: true,
    find: async (typed) => {
      const held = new Set([...select.options].map((option) => option.value));
      const found = (await matching(name, typed)).filter((word) => held.has(word.id));
      return found.map((word) => ({
        value: word.id,
        label: word.label,
        told: word.meaning,
        group: typed ? "" : word.group,
      }));
    },
    take: (choice) => set(choice.value),
    left: () => {
      if (input.value.trim() === "") set("");
      else show();
    },
  });
  select.dataset.explained = select.value;
  // The browser gives the cursor to the first that asks for it; here that field is another now.
  if (form.querySelector("[autofocus]") === select) input.focus();
  show();
}

/** @type {(name: string) => Promise<Grouped[]>} */
function words(name) {
  const known = lists.get(name);
  if (known) return known;
  const asked = fetch(`/words/${name}.json`)
    .then((answer) => answer.json())
    .then((list) =>
      list.groups.flatMap((/** @type {[string, Word[]]} */ [group, members]) =>
        members.map((word) => ({ ...word, group })),
      ),
    );
  lists.set(name, asked);
  return asked;
}

/** @type {(name: string, typed: string) => Promise<Grouped[]>} */
async function matching(name, typed) {
  const all = await words(name);
  if (!typed) return all;
  table ??= fetch("/folding.json").then((answer) => answer.json());
  const folding = await table;
  const key = fold(typed, folding);
  const lower = typed.toLowerCase();
  const rated = all.map((word) => ({ word, rate: rate(word, key, lower, folding) }));
  return rated
    .filter(({ rate: found }) => found > 0)
    .sort((a, b) => b.rate - a.rate)
    .map(({ word }) => word);
}

/** @type {(word: Word, key: string, lower: string, table: import("./map/fold.js").Folding) => number} */
function rate(word, key, lower, folding) {
  const label = word.label.toLowerCase();
  if (label === lower) return BY_BEGINNING + 2;
  if (label.startsWith(lower)) return BY_BEGINNING + 1;
  if (!key) return 0;
  if (word.keys.some((each) => each === key)) return BY_BEGINNING;
  if (word.keys.some((each) => ` ${each}`.includes(` ${key}`))) return BY_LABEL + 0.5;
  const best = Math.max(0, ...word.keys.map((each) => score(key, each, folding)));
  if (best >= folding.match) return 2 + best / 2;
  const told = ` ${word.told}`;
  return key.split(" ").every((part) => told.includes(` ${part}`)) ? BY_MEANING : 0;
}
