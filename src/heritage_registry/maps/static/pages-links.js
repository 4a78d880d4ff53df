/** Links from a published map to the plain pages that stand beside it. */

import { byId, el } from "./dom.js";

/** @param {any} app */
export function renderPages({ meta, words }) {
  const nav = byId("pages");
  nav.hidden = !meta.pages;
  if (!meta.pages) return;
  const link = (/** @type {string} */ page, /** @type {string} */ word) =>
    el("a", { href: `${words.language}/${page}` }, word);
  nav.replaceChildren(
    link("index.html", words.word("page_overview")),
    link("sites/index.html", words.word("page_sites")),
    link("claims/index.html", words.word("page_claims")),
    link("coverage.html", words.word("page_coverage")),
    link("sources/index.html", words.word("page_sources")),
  );
}

/** The plain page of a site, where there is one. @param {any} meta @param {any} words @param {string} id */
export function sitePage(meta, words, id) {
  return meta.pages && el("a", { href: `${words.language}/sites/${id}.html` }, words.word("page_of_site"));
}

/** Where a reader corrects or objects, where there are pages. @param {any} meta @param {any} words @param {string} id */
export function correctPage(meta, words, id) {
  const address = `${words.language}/correct.html#sites/${id}`;
  return meta.pages && el("div", {}, el("a", { href: address }, words.word("page_correct")));
}
