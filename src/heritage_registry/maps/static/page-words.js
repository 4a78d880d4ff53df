/** The words of the page's skeleton, and what it says of the registry, in the reader's language. */

import { byId, el, fill } from "./dom.js";

/** Marks in page.html and what each fills: an attribute, or the text. @type {[string, string | null][]} */
const WORD_MARKS = [
  ["data-word", null],
  ["data-word-label", "aria-label"],
  ["data-word-title", "title"],
  ["data-word-placeholder", "placeholder"],
];

/** Languages that are written from right to left. */
const RIGHT_TO_LEFT = new Set(["ar", "ckb", "fa", "he", "ku", "ps", "ur", "yi"]);

/** @param {any} app */
export function writeWords(app) {
  const { meta } = app;
  const { language, word, pick, number } = app.words;
  const title = pick(meta.title).text;
  document.documentElement.lang = language;
  document.documentElement.dir = RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";
  document.title = title;
  byId("title").textContent = title;
  byId("phone-title").textContent = title;
  byId("summary").textContent = pick(meta.summary).text;
  for (const [mark, target] of WORD_MARKS) {
    for (const element of document.querySelectorAll(`[${mark}]`)) {
      const text = word(element.getAttribute(mark) ?? "");
      if (target) element.setAttribute(target, text);
      else element.textContent = text;
    }
  }
  const counts = {
    sites: number(meta.counts.sites),
    located: number(meta.counts.located),
    sources: number(meta.counts.sources),
  };
  byId("extent").textContent = word("extent_of_registry", counts);
  writeLanguages(app);
  writeCredits(app);
}

/** @type {(app: any) => void} */
function writeLanguages(app) {
  const focused = document.activeElement?.parentElement?.id === "languages";
  const buttons = app.meta.languages.map((/** @type {string} */ tag) => {
    const isChosen = tag === app.words.language;
    const button = el(
      "button",
      {
        type: "button",
        lang: tag,
        "aria-pressed": String(isChosen),
        on: { click: () => app.setLanguage(tag) },
      },
      app.meta.messages[tag].language_own_name,
    );
    return button;
  });
  fill(byId("languages"), ...buttons);
  const choice = /** @type {HTMLSelectElement} */ (byId("phone-language"));
  fill(
    choice,
    ...app.meta.languages.map((/** @type {string} */ tag) =>
      el("option", { value: tag, lang: tag }, app.meta.messages[tag].language_own_name),
    ),
  );
  choice.value = app.words.language;
  if (focused) buttons[app.meta.languages.indexOf(app.words.language)].focus();
}

/** @type {(app: any) => void} */
function writeCredits({ meta, words }) {
  const { word } = words;
  fill(
    byId("credits-body"),
    el(
      "p",
      {},
      `${word("credit_records")}: `,
      el("span", { dir: "auto" }, meta.attribution),
      ` ${meta.licence}`,
    ),
    ...meta.basemap.credits.map((/** @type {string} */ credit) =>
      el("p", {}, `${word("credit_basemap")}: `, el("span", { lang: "en" }, credit)),
    ),
    el("p", {}, word("no_borders")),
    el(
      "p",
      {},
      `${word("digest")} `,
      el("code", { title: meta.digest }, meta.digest.slice(0, 12)),
      ` · ${meta.version}`,
    ),
  );
}
