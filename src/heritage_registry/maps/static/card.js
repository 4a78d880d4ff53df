/** The card of a site: everything said of it, each statement with who makes it and where it can be read. */

import { attribution, collection, correction, history, identifier, locations, oneName, place, protection, relation, siteType } from "./card-facts.js";
import { cites, facts, labels, prose, quote, section } from "./card-parts.js";
import { datesOf, reportSection, whySection } from "./card-reports.js";
import { citedSources, sourceSection } from "./card-sources.js";
import { pictureSection } from "./compare.js";
import { el, said, shortened } from "./dom.js";
import { imagerySection } from "./imagery.js";
import { citationLines } from "./printing.js";
import { correctPage, sitePage } from "./pages-links.js";
import { drawSign, picture } from "./symbols.js";

/** @typedef {import("./card-parts.js").Desk} Desk */

/** Names are given in full below the heading. */
const HEADING_LETTERS = 300;

/**
 * @param {any} app
 * @param {number} site
 * @returns {Promise<Node[]>}
 */
export async function siteCard(app, site) {
  const card = await app.blocks.card(site);
  /** @type {Desk} */
  const desk = { app, words: app.words, numbers: new Map(), sources: await citedSources(app, card) };
  const { properties } = card;
  return [
    heading(desk, card, site),
    section(
      desk,
      "names",
      properties.names.map((/** @type {any} */ name) => oneName(desk, name)),
    ),
    reportSection(desk, card),
    pictureSection(desk, card),
    section(
      desk,
      "attributions",
      (properties.attributions ?? []).map((/** @type {any} */ one) => attribution(desk, one)),
    ),
    section(
      desk,
      "types",
      properties.types.map((/** @type {any} */ one) => siteType(desk, one)),
    ),
    section(desk, "history", history(desk, properties.history ?? [])),
    section(desk, "places", [
      ...(properties.places ?? []).map((/** @type {any} */ one) => place(desk, one)),
      ...locations(desk, properties),
    ]),
    imagerySection(desk, card),
    section(
      desk,
      "collections",
      (properties.collections ?? []).map((/** @type {any} */ one) => collection(desk, one)),
    ),
    section(
      desk,
      "protections",
      (properties.protections ?? []).map((/** @type {any} */ one) => protection(desk, one)),
    ),
    section(
      desk,
      "relations",
      card.related.map((/** @type {any} */ one) => relation(desk, one)),
    ),
    section(
      desk,
      "notes",
      (properties.notes ?? []).map((/** @type {any} */ one) =>
        el("div", { class: "item" }, prose(desk, one.text), cites(desk, one.citations)),
      ),
    ),
    section(
      desk,
      "corrections",
      (properties.corrections ?? []).map((/** @type {any} */ one) => correction(desk, one)),
    ),
    section(
      desk,
      "identifiers",
      (properties.identifiers ?? []).map((/** @type {any} */ one) => identifier(desk, one)),
    ),
    section(
      desk,
      "excerpts",
      (properties.excerpts ?? []).map((/** @type {any} */ one) =>
        el("p", { class: "item" }, quote(desk, one.text), " ", cites(desk, [{ source: one.source }])),
      ),
    ),
    sourceSection(desk),
    el(
      "footer",
      { class: "record" },
      sitePage(app.meta, desk.words, card.id),
      correctPage(app.meta, desk.words, card.id),
      facts([
        [desk.words.word("record_id"), el("code", {}, card.id)],
        [desk.words.word("licence"), app.meta.licence],
      ]),
      citationLines(app, card),
    ),
  ].filter((part) => part !== null);
}

/** @type {(desk: Desk, card: any, site: number) => HTMLElement} */
function heading(desk, card, site) {
  const { app, words } = desk;
  const { properties } = card;
  const [first, ...others] = words.order(
    properties.names.map((/** @type {any} */ name) => [name.text, name.language]),
  );
  const types = labels(desk, "site_type", [
    ...new Set(properties.types.map((/** @type {any} */ one) => one.type)),
  ]);
  const contested = app.table.contested[site] === 1;
  const sign = { shape: app.shape[site], shade: app.conditionShade(site), rough: app.rough(site), contested };
  return el(
    "header",
    { class: "card-head" },
    el("p", { class: "kicker" }, types),
    el("h2", { id: "card-title", tabindex: "-1" }, said(shortened(first[0], HEADING_LETTERS), first[1])),
    others.length > 0 &&
      el(
        "p",
        { class: "other-names" },
        ...others
          .slice(0, 8)
          .map((/** @type {[string, string]} */ [text, language]) =>
            said(shortened(text, HEADING_LETTERS), language),
          ),
      ),
    (properties.content_notes ?? []).length > 0 &&
      el(
        "p",
        { class: "warning" },
        words.word("content_note"),
        ": ",
        labels(desk, "content_note", properties.content_notes),
      ),
    el(
      "p",
      { class: "latest" },
      picture(28, (context, middle) => drawSign(context, middle, middle, 7, sign, app.palette)),
      el(
        "span",
        {},
        ...latest(desk, card),
        contested && el("span", { class: "contested" }, words.word("is_contested_long")),
      ),
    ),
    properties.sensitivity &&
      properties.sensitivity !== "open" &&
      el(
        "p",
        { class: "warning" },
        words.label("sensitivity", properties.sensitivity),
        ": ",
        said(properties.sensitivity_reason ?? ""),
      ),
    whySection(desk, card),
  );
}

/** What the colour stands for; where it is no grade, why, and then what was seen last. @type {(desk: Desk, card: any) => (Node | string)[]} */
function latest({ app, words }, card) {
  const { condition, standing } = card.derived;
  const isGrade = condition?.grades.includes(standing);
  const reason = isGrade
    ? []
    : [
        `${app.conditionLabel(standing)}. `,
        el("span", { class: "reason" }, words.explanation("standing", standing), " "),
      ];
  if (!condition) return reason;
  const grades = condition.grades
    .map((/** @type {string} */ grade) => words.label("condition", grade))
    .join(" / ");
  const seen = words.word("latest", { grades, dates: datesOf({ words }, card, condition.reports) });
  return isGrade ? [seen] : [...reason, el("span", { class: "reason" }, seen)];
}
