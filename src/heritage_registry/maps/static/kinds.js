/**
 * Kinds of site in a query: "mosques in Shusha" asks for mosques. The same rules as kinds.py, from the same
 * labels and folding.json; test_kinds.py holds the two together.
 */

import { fold, genericMeaning } from "./fold.js";

const LABEL_ENDING = 5;
const SHORT_LABEL = 4;
const SHORT_ENDINGS = ["s", "as", "lar", "lari", "nar", "ar", "i", "a", "v", "ov"];
const ALTERNATIVES = /[()/,]| or | կամ | və ya | или /;
const WEAK_LETTERS = "aeiouyj";

/**
 * @typedef {object} Kinds
 * @property {[string[], Set<string>][]} labels Words of a label and the kinds it stands for.
 * @property {Map<string, Set<string>>} byMeaning Kinds whose label is a generic word, by its meaning.
 */

/** @param {any} meta @returns {Kinds} */
export function readKinds(meta) {
  /** @type {Map<string, Set<string>>} */
  const found = new Map();
  for (const term of meta.vocabularies.site_type) {
    if (term.id === "other") continue;
    for (const text of Object.values(term.label).flatMap((label) => label.split(ALTERNATIVES))) {
      const key = sayingWords(fold(text, meta.folding), meta).join(" ");
      if (key !== "") found.set(key, (found.get(key) ?? new Set()).add(term.id));
    }
  }
  /** @type {Map<string, Set<string>>} */
  const byMeaning = new Map();
  for (const [key, kinds] of found) {
    const meaning = genericMeaning(key, meta.folding);
    if (meaning) byMeaning.set(meaning, new Set([...(byMeaning.get(meaning) ?? []), ...kinds]));
  }
  return { labels: [...found].map(([key, kinds]) => [key.split(" "), kinds]), byMeaning };
}

/**
 * Parts a query into kinds and the search key of the rest.
 * @param {string} query As typed, or folded.
 * @param {Kinds} known
 * @param {any} meta
 * @returns {{kinds: Set<string>, rest: string}}
 */
export function kindsIn(query, known, meta) {
  const key = fold(query, meta.folding);
  let words = sayingWords(key, meta);
  /** @type {Set<string>} */
  const kinds = new Set();
  const rest = [];
  while (words.length > 0) {
    let { length, found } = labelAt(words, known.labels);
    if (found.size === 0) {
      length = 1;
      found = known.byMeaning.get(genericMeaning(words[0], meta.folding) ?? "") ?? found;
    }
    if (found.size > 0) for (const kind of found) kinds.add(kind);
    else rest.push(words[0]);
    words = words.slice(length);
  }
  return { kinds, rest: kinds.size > 0 ? rest.join(" ") : key };
}

/** The longest label that words begin with. @type {(words: string[], labels: Kinds["labels"]) => {length: number, found: Set<string>}} */
function labelAt(words, labels) {
  let length = 1;
  /** @type {Set<string>} */
  let found = new Set();
  for (const [label, kinds] of labels) {
    if (label.length < length || label.length > words.length) continue;
    if (!label.every((part, place) => isFormOf(words[place], part))) continue;
    found = label.length === length ? new Set([...found, ...kinds]) : kinds;
    length = label.length;
  }
  return { length, found };
}

/** @type {(word: string, label: string) => boolean} */
function isFormOf(word, label) {
  const stem = WEAK_LETTERS.includes(label[label.length - 1]) ? label.slice(0, -1) : label;
  if (stem.length > SHORT_LABEL) return word.startsWith(stem) && word.length - stem.length <= LABEL_ENDING;
  const bases = stem.length === SHORT_LABEL ? [label, stem] : [label];
  return word === label || bases.some((base) => SHORT_ENDINGS.some((ending) => word === base + ending));
}

/** Words that say something. @type {(key: string, meta: any) => string[]} */
function sayingWords(key, meta) {
  return key.split(" ").filter((word) => word !== "" && genericMeaning(word, meta.folding) !== "");
}
