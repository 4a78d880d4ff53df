/** Everything said in the reader's language: words of the page, labels of vocabularies, dates, names. */

import { dateInWords, fillIn } from "./dates.js";

/**
 * @param {any} meta
 * @param {string} language
 */
export function speak(meta, language) {
  const messages = meta.messages[language];
  const numbers = new Intl.NumberFormat(language);
  /** @type {Map<string, Map<string, any>>} */
  const terms = new Map(
    Object.entries({
      ...meta.vocabularies,
      community: meta.communities,
      party: meta.parties,
      period: meta.periods,
    }).map(([name, list]) => [name, new Map(list.map((/** @type {any} */ term) => [term.id, term]))]),
  );

  /** @param {Record<string, string>} texts */
  function pick(texts) {
    const tag = [language, "en"].find((one) => one in texts) ?? Object.keys(texts)[0];
    return { text: texts[tag], language: tag };
  }

  return {
    language,
    compare: new Intl.Collator(language, { numeric: true }).compare,
    /** @param {string} key @param {Record<string, any>} [values] */
    word(key, values = {}) {
      if (!(key in messages)) throw new Error(`no word ${key} in ${language}`);
      return withoutTwoDots(fillIn(messages[key], values), values);
    },
    /** @param {number} value */
    number: (value) => numbers.format(value),
    /** @param {string} list @param {string} id */
    label(list, id) {
      const term = terms.get(list)?.get(id);
      return term ? pick(term.label).text : id;
    },
    /** @param {string} list @param {string} id @returns {string} */
    explanation(list, id) {
      const term = terms.get(list)?.get(id);
      const texts = term?.definition ?? term?.note;
      return texts ? pick(texts).text : "";
    },
    /** What a filter means, where its title does not say it all. @param {string} filter @returns {string} */
    explanationOf: (filter) => messages[`explain_${filter}`] ?? "",
    /** @param {string} tag */
    languageName(tag) {
      const label = meta.language_labels[tag];
      return label ? pick(label).text : tag;
    },
    /** @param {string} edtf */
    date: (edtf) => dateInWords(edtf, meta.date_words.languages[language] ?? meta.date_words.languages.en),
    pick,
    /**
     * Names in the order of this reader: the own language, then a language many read, then as recorded.
     * @param {[string, string][]} names
     */
    order(names) {
      const known = new Set();
      const kept = names.filter(([text]) => !known.has(text) && known.add(text));
      return kept
        .map((name, place) => ({ name, place, rank: nameRank(name[1], language) }))
        .sort((a, b) => a.rank - b.rank || a.place - b.place)
        .map(({ name }) => name);
    },
  };
}

/** A date may end in the dot of an abbreviation, which then ends the sentence too. @type {(text: string, values: Record<string, any>) => string} */
function withoutTwoDots(text, values) {
  const abbreviated = Object.values(values).some((value) => String(value).endsWith("."));
  return abbreviated && text.endsWith("..") ? text.slice(0, -1) : text;
}

/** @type {(tag: string, language: string) => number} */
function nameRank(tag, language) {
  if (tag === language) return 0;
  if (tag.startsWith(`${language}-`)) return 1;
  if (tag === "en") return 2;
  return 3;
}
