/** On paper: one site or a list in full, with sources, ids, digest and citation, and without the page around it. */

import { citeSite, citeView, today } from "./cite.js";
import { byId, el, said } from "./dom.js";
import { gatherRows } from "./download.js";
import { namesFor } from "./site-facts.js";

/** What an upright A4 sheet between usual margins is wide. */
const SHEET_PIXELS = 680;

/** Opens for paper what is folded on the screen, however printing is begun. @param {any} app */
export function readyToPrint(app) {
  /** @type {Element[]} */
  const opened = [];
  window.addEventListener("beforeprint", () => {
    document.body.dataset.print ??= app.state.open >= 0 ? "site" : "view";
    keepMapSize(app.map.getSize());
    for (const part of document.querySelectorAll("#card details:not([open])")) {
      part.setAttribute("open", "");
      opened.push(part);
    }
  });
  window.addEventListener("afterprint", () => {
    for (const part of opened.splice(0)) part.removeAttribute("open");
    delete document.body.dataset.print;
    document.getElementById("take-sheet")?.remove();
  });
}

/** The map is drawn for the screen: it keeps its shape and is made as wide as a sheet. */
/** @type {(size: {x: number, y: number}) => void} */
function keepMapSize({ x, y }) {
  const { style } = document.body;
  style.setProperty("--map-width", `${x}px`);
  style.setProperty("--map-height", `${y}px`);
  style.setProperty("--map-zoom", String(Math.min(1, SHEET_PIXELS / x)));
}

/** Prints the open card. */
export function printSite() {
  document.body.dataset.print = "site";
  window.print();
}

/** @param {any} app @param {number[]} sites */
export async function printList(app, sites) {
  document.getElementById("take-sheet")?.remove();
  document.body.append(await sheetOf(app, sites));
  document.body.dataset.print = "list";
  window.print();
}

/** What stands under a card: how to cite it, and what it was made from. @param {any} app @param {any} card */
export function citationLines(app, card) {
  const { words, meta } = app;
  return el(
    "div",
    { class: "citation-lines" },
    el("p", { class: "small" }, `${words.word("cite")}: `, said(citeSite(app, card).text)),
    el("p", { class: "small" }, `${words.word("digest_site")} `, el("code", {}, card.digest)),
    el("p", { class: "small" }, `${words.word("digest")} `, el("code", {}, meta.digest)),
  );
}

/** @type {(app: any, sites: number[]) => Promise<HTMLElement>} */
async function sheetOf(app, sites) {
  const { words, meta } = app;
  const rows = await gatherRows(app, sites);
  rows.sort((a, b) => words.compare(a.facts.name, b.facts.name) || (a.facts.id < b.facts.id ? -1 : 1));
  const cards = await Promise.all(sites.map((site) => app.blocks.card(site)));
  const cardOf = new Map(cards.map((card) => [card.id, card]));
  return el(
    "section",
    { id: "take-sheet", lang: words.language },
    el("h1", {}, words.pick(meta.title).text),
    el("p", {}, words.word("take_view", { count: words.number(sites.length) })),
    el("p", { class: "small" }, words.word("print_made", { date: words.date(today()) })),
    el("ol", {}, ...rows.map((row) => el("li", {}, ...printedSite(app, row, cardOf.get(row.facts.id))))),
    el("p", {}, `${words.word("cite")}: `, said(citeView(app).text)),
    el("p", { class: "small" }, `${words.word("credit_records")}: ${meta.attribution} ${meta.licence}`),
    el("p", { class: "small" }, `${words.word("digest")} `, el("code", {}, meta.digest)),
  );
}

/** @type {(app: any, row: import("./formats.js").Row, card: any) => HTMLElement[]} */
function printedSite({ words }, { facts }, card) {
  const [, ...others] = namesFor(card.properties.names, words.language);
  const where =
    facts.location_of === null ? words.word("no_location") : words.label("location_of", facts.location_of);
  const within = facts.uncertainty_m && words.word("within", { metres: words.number(facts.uncertainty_m) });
  const seen = facts.condition_seen && words.date(facts.condition_seen);
  const condition = [facts.standing_label, seen, facts.contested && words.word("is_contested")];
  return [
    el(
      "h2",
      {},
      said(facts.name, facts.name_language),
      ...others.flatMap(({ text, language }) => [" · ", said(text, language, "small")]),
    ),
    printedLine([facts.type_labels, facts.places, where, within]),
    printedLine(condition),
    printedLine([`${words.word("section_sources")}: ${facts.source_titles}`]),
    printedLine([facts.source_addresses]),
    el("p", { class: "small" }, `${words.word("record_id")} `, el("code", {}, facts.id)),
  ];
}

/** @type {(parts: any[]) => HTMLElement} */
function printedLine(parts) {
  return el("p", { class: "small" }, parts.filter(Boolean).join(" · "));
}
