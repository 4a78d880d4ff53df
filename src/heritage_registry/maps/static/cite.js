/** How to cite a site or the registry: text, BibTeX and CSL-JSON, as citation.py has them, with the day of access. */

import { namesFor } from "./site-facts.js";

/** @typedef {{text: string, bibtex: string, csl: Record<string, any>}} Reference */

/** @type {Record<string, string>} */
const BIBTEX_SIGNS = {
  "\\": "\\textbackslash{}",
  "{": "\\textbraceleft{}",
  "}": "\\textbraceright{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
};

/** The address of a state of this page; on a disk only its last part, which says nothing of the reader's folders. */
/** @param {string} hash @returns {{address: string, isServed: boolean}} */
export function addressOf(hash) {
  const isServed = /^https?:$/.test(location.protocol);
  const file = location.pathname.split("/").pop() ?? "";
  return { address: isServed ? `${location.origin}${location.pathname}${hash}` : `${file}${hash}`, isServed };
}

/** What leads to a site whatever view is set. @param {any} app @param {string} id */
export function siteHash(app, id) {
  return `#lang=${app.words.language}&site=${id}`;
}

/** @param {any} app @param {any} card @returns {Reference} */
export function citeSite(app, card) {
  const { meta, words } = app;
  const name = namesFor(card.properties.names, words.language)[0];
  return reference(app, `${name.text} (${card.id})`, {
    id: card.id,
    type: "entry",
    title: name.text,
    "container-title": words.pick(meta.title).text,
    number: card.id,
    version: `sha256:${card.digest}`,
    license: meta.licence,
    URL: servedAddress(siteHash(app, card.id)),
    language: name.language,
  });
}

/** @param {any} app @returns {Reference} */
export function citeView(app) {
  const { meta, words } = app;
  const title = words.pick(meta.title).text;
  return reference(app, title, {
    id: `registry-${meta.digest.slice(0, 8)}`,
    type: "dataset",
    title,
    version: `sha256:${meta.digest}`,
    license: meta.licence,
    URL: servedAddress(app.hashNow()),
    language: words.language,
  });
}

/** Today, by the reader's clock. @returns {string} */
export function today() {
  const now = new Date();
  const twoDigits = (/** @type {number} */ value) => String(value).padStart(2, "0");
  return `${now.getFullYear()}-${twoDigits(now.getMonth() + 1)}-${twoDigits(now.getDate())}`;
}

/** No address of a file goes into a citation: nobody else can follow it. @type {(hash: string) => string | null} */
function servedAddress(hash) {
  const { address, isServed } = addressOf(hash);
  return isServed ? address : null;
}

/** @type {(app: any, head: string, item: Record<string, any>) => Reference} */
function reference({ words }, head, item) {
  const day = today();
  const shown = [head, item["container-title"], item.version, item.license, item.URL].filter(Boolean);
  const fields = [
    ["title", item.title],
    ["howpublished", item["container-title"]],
    ["version", item.version],
    ["note", item.license],
  ];
  const lines = fields
    .filter(([, value]) => value)
    .map(([field, value]) => `  ${field} = {${bibtexText(value)}},`);
  if (item.URL) lines.push(`  url = {${item.URL}},`); // as it is: programs make a link of it
  const known = Object.entries(item).filter(([, value]) => value !== null);
  return {
    text: `${shown.join(". ")}. ${words.word("cite_accessed", { date: words.date(day) })}`,
    bibtex: [`@misc{${item.id},`, ...lines, `  urldate = {${day}},`, "}", ""].join("\n"),
    csl: { ...Object.fromEntries(known), accessed: { "date-parts": [day.split("-").map(Number)] } },
  };
}

/** Text that neither closes a field early nor is read as a command. @type {(text: string) => string} */
function bibtexText(text) {
  const plain = text.trim().split(/\s+/).join(" ");
  return plain.replace(/[\\{}~^#$%&_]/g, (sign) => BIBTEX_SIGNS[sign] ?? `\\${sign}`);
}
