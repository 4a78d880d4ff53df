/** Parts that several sections of a card share: who speaks, dates, texts, and the numbers of sources. */

import { el, said } from "./dom.js";

/**
 * What a card needs of the page: words, and the numbers its sources get in the order they are cited.
 * @typedef {object} Desk
 * @property {any} app
 * @property {any} words
 * @property {Map<string, number>} numbers
 * @property {Map<string, any>} sources
 */

/**
 * A sentence of the page with elements in its places.
 * @param {Desk} desk
 * @param {string} key
 * @param {Record<string, Node | string>} parts
 * @returns {Node[]}
 */
export function sentence({ words }, key, parts) {
  const pieces = words.word(key).split(/\{(\w+)\}/);
  return pieces.map((/** @type {string} */ piece, /** @type {number} */ place) => {
    const part = place % 2 ? parts[piece] : piece;
    return part instanceof Node ? part : document.createTextNode(part);
  });
}

/** The numbers of the sources a statement rests on, each a button that leads to the source. */
/** @param {Desk} desk @param {{source: string, locator?: string}[]} [citations] */
export function cites(desk, citations = []) {
  if (citations.length === 0) return null;
  return el("span", { class: "cites" }, ...citations.map((citation) => citeButton(desk, citation)));
}

/** @type {(desk: Desk, citation: {source: string, locator?: string}) => HTMLElement} */
function citeButton(desk, { source, locator }) {
  if (!desk.numbers.has(source)) desk.numbers.set(source, desk.numbers.size + 1);
  const number = desk.numbers.get(source);
  const title = sourceTitle(desk.sources.get(source), source);
  const go = () => {
    const target = document.getElementById(`source-${number}`);
    target?.scrollIntoView({ block: "center" });
    target?.focus({ preventScroll: true });
  };
  const label = desk.words.word("go_to_source", { number, title });
  return el(
    "button",
    { type: "button", class: "cite", "aria-label": label, title, on: { click: go } },
    locator ? `${number}, ${locator}` : `${number}`,
  );
}

/** Who makes a statement: the speaker named, else those who made its first source. */
/** @param {Desk} desk @param {{according_to?: string, citations?: {source: string}[]}} statement */
export function speaker(desk, { according_to: who, citations = [] }) {
  if (who) return said(who, undefined, "strong");
  const source = citations.length > 0 ? desk.sources.get(citations[0].source) : null;
  return said(source ? sourceMaker(source) : desk.words.word("source_unnamed"), source?.language, "strong");
}

/** @param {any} source */
export function sourceMaker(source) {
  const authors = (source.author ?? []).map(personName);
  if (authors.length > 3) authors.splice(1, authors.length, "…");
  return authors.join(", ") || source.publisher || source["container-title"] || source.title || source.id;
}

/** @type {(name: any) => string} */
function personName(name) {
  return name.literal ?? [name.given, name.family].filter(Boolean).join(" ");
}

/** @param {any} source @param {string} key */
export function sourceTitle(source, key) {
  return source?.title ?? (source ? sourceMaker(source) : key);
}

/** A text that exists in some languages, in the reader's if there is one; else marked with the language it has. */
/** @param {Desk} desk @param {Record<string, string>} [texts] @param {string} [tag] */
export function prose({ words }, texts, tag = "p") {
  if (!texts) return null;
  const { text, language } = words.pick(texts);
  const element = said(text, language, tag);
  if (language !== words.language)
    element.append(
      " ",
      el("small", { class: "tongue", lang: words.language }, `(${words.languageName(language)})`),
    );
  return element;
}

/** Rows of a label and what it labels; rows without content are left out. */
/** @param {[string, any][]} rows */
export function facts(rows) {
  const kept = rows.filter(([, content]) => (Array.isArray(content) ? content.length > 0 : content));
  if (kept.length === 0) return null;
  return el(
    "dl",
    { class: "facts" },
    ...kept.map(([label, content]) => el("div", {}, el("dt", {}, label), el("dd", {}, content))),
  );
}

/** @param {Desk} desk @param {string} list @param {string[]} [ids] */
export function labels({ words }, list, ids = []) {
  return ids.map((id) => words.label(list, id)).join(", ");
}

/** Quoted as the source has it. @param {Desk} desk @param {string} [text] */
export function quote({ words }, text) {
  if (!text) return null;
  const [open, close_] = words.word("quotes").split(" ");
  return el("q", { class: "as-stated" }, open, said(text), close_);
}

/** A section of the card, or nothing where it would be empty. */
/** @param {Desk} desk @param {string} key @param {any[]} content */
export function section({ words }, key, content) {
  const kept = content.filter(Boolean);
  if (kept.length === 0) return null;
  return el("section", { class: `part part-${key}` }, el("h3", {}, words.word(`section_${key}`)), ...kept);
}

/** An address as a link, which is opened beside the page; other texts stay text. */
/** @param {string} address @param {string} [text] */
export function outsideLink(address, text = address) {
  if (!/^https?:\/\//.test(address)) return said(text);
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer", dir: "auto" }, text);
}

/** @param {Desk} desk @param {any[]} [responses] */
export function responseList(desk, responses = []) {
  if (responses.length === 0) return null;
  return el(
    "aside",
    { class: "responses" },
    el("p", { class: "subhead" }, desk.words.word("responses")),
    ...responses.map((response) => oneResponse(desk, response)),
  );
}

/** @type {(desk: Desk, response: any) => HTMLElement} */
function oneResponse(desk, response) {
  const { words } = desk;
  const about = [
    words.label("response_stance", response.stance),
    words.label("response_element", response.element),
    words.label("response_scope", response.scope),
  ];
  return el(
    "div",
    { class: "response" },
    el(
      "p",
      { class: "who" },
      speaker(desk, response),
      response.date && el("span", { class: "when" }, words.date(response.date)),
    ),
    el("p", { class: "stance" }, about.join(" · ")),
    prose(desk, response.summary),
    el(
      "p",
      { class: "small" },
      response.relayed && `${words.word("relayed")} `,
      response.party && `${words.word("party")}: ${words.label("party", response.party)} `,
      cites(desk, response.citations),
    ),
  );
}
