/** The card of a site: everything said of it, each statement with who makes it and where it can be read. */

import {
  cites,
  facts,
  labels,
  prose,
  quote,
  responseList,
  section,
  sentence,
  speaker,
} from "./card-parts.js";
import { datesOf, reportSection, whySection } from "./card-reports.js";
import { citedSources, sourceSection } from "./card-sources.js";
import { pictureSection } from "./compare.js";
import { dateOrder } from "./dates.js";
import { el, said, shortened } from "./dom.js";
import { imagerySection } from "./imagery.js";
import { citationLines } from "./printing.js";
import { sitePage } from "./pages-links.js";
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

/** @type {(desk: Desk, name: any) => HTMLElement} */
function oneName(desk, name) {
  const { words } = desk;
  const about = [
    words.languageName(name.language),
    name.kind && name.kind !== "name" && words.label("name_kind", name.kind),
    name.used_by && words.word("used_by", { who: words.label("community", name.used_by) }),
    name.period && words.date(name.period),
  ];
  return el(
    "p",
    { class: "item name" },
    said(name.text, name.language, "strong"),
    el(
      "span",
      { class: "about" },
      about.filter(Boolean).join(" · "),
      name.authority && [" · ", ...sentence(desk, "named_by", { who: said(name.authority) })],
      " ",
      cites(desk, name.citations),
    ),
  );
}

/** @type {(desk: Desk, one: any) => HTMLElement} */
function attribution(desk, one) {
  const { words } = desk;
  const about = [
    words.label("attribution_stance", one.stance),
    one.role && words.label("attribution_role", one.role),
    one.period && words.date(one.period),
  ];
  return el(
    "div",
    { class: "item" },
    el(
      "p",
      {},
      ...sentence(desk, "according_to", { who: speaker(desk, one) }),
      ": ",
      el("strong", {}, words.label("community", one.community)),
      ` (${about.filter(Boolean).join(", ")}) `,
      cites(desk, one.citations),
    ),
    one.as_stated && el("p", {}, said(one.as_stated)),
  );
}

/** @type {(desk: Desk, one: any) => HTMLElement} */
function siteType(desk, one) {
  const { words } = desk;
  return el(
    "p",
    { class: "item" },
    words.label("site_type", one.type),
    one.period && `, ${words.date(one.period)}`,
    one.as_stated && [" — ", said(one.as_stated)],
    " ",
    cites(desk, one.citations),
  );
}

/** @type {(desk: Desk, events: any[]) => HTMLElement[]} */
function history(desk, events) {
  const { words } = desk;
  return [...events]
    .sort((a, b) => dateOrder(a.date) - dateOrder(b.date))
    .map((event) =>
      el(
        "div",
        { class: "item event" },
        el(
          "p",
          {},
          el("strong", {}, event.date ? words.date(event.date) : words.word("date_not_stated")),
          ` — ${words.label("event", event.event)} `,
          cites(desk, event.citations),
        ),
        event.according_to &&
          el("p", { class: "small" }, ...sentence(desk, "according_to", { who: speaker(desk, event) })),
        event.as_stated && el("p", {}, said(event.as_stated)),
        prose(desk, event.summary),
        responseList(desk, event.responses),
      ),
    );
}

/** @type {(desk: Desk, one: any) => HTMLElement} */
function place(desk, one) {
  const { words } = desk;
  const names = words.order(one.names.map((/** @type {any} */ name) => [name.text, name.language]));
  const shown = names.flatMap(
    (/** @type {[string, string]} */ [text, language], /** @type {number} */ number) => [
      number > 0 ? " · " : "",
      said(text, language),
    ],
  );
  return el(
    "p",
    { class: "item" },
    `${words.label("place_level", one.level)}: `,
    ...shown,
    one.period && `, ${words.date(one.period)}`,
    one.stated && [" — ", quote(desk, one.stated)],
    one.according_to && [" — ", ...sentence(desk, "according_to", { who: speaker(desk, one) })],
    " ",
    cites(desk, one.citations),
  );
}

/** @type {(desk: Desk, properties: any) => (HTMLElement | null)[]} */
function locations(desk, properties) {
  const { words } = desk;
  const all = properties.locations ?? [];
  if (all.length === 0) return [el("p", { class: "quiet" }, words.word("no_location"))];
  return all.map((/** @type {any} */ one) =>
    el(
      "div",
      { class: "item" },
      el(
        "p",
        {},
        el("strong", {}, words.label("location_standing", one.standing)),
        `: ${words.label("location_of", one.of)} · ${words.label("location_method", one.method)}`,
        one.uncertainty_m && ` · ${words.word("within", { metres: words.number(one.uncertainty_m) })}`,
        " ",
        cites(desk, one.citations),
      ),
      one.according_to &&
        el("p", { class: "small" }, ...sentence(desk, "according_to", { who: speaker(desk, one) })),
      one.stated && el("p", {}, said(one.stated)),
      one.reason && el("p", {}, words.word("reason"), ": ", said(one.reason)),
      one.geometry?.type === "Point" &&
        el(
          "p",
          { class: "small" },
          el("code", {}, `${one.geometry.coordinates[1]}, ${one.geometry.coordinates[0]}`),
        ),
      ...(one.identifiers ?? []).map((/** @type {any} */ other) => identifier(desk, other)),
    ),
  );
}

/** @type {(desk: Desk, one: any) => HTMLElement} */
function collection(desk, one) {
  const { words } = desk;
  const amount = [one.count !== undefined && words.number(one.count), one.unit].filter(Boolean).join(" ");
  return el(
    "div",
    { class: "item" },
    prose(desk, one.what),
    el(
      "p",
      {},
      amount && `${amount} `,
      one.holder && [words.word("holder"), ": ", said(one.holder), " "],
      cites(desk, one.citations),
    ),
    ...(one.fates ?? []).map((/** @type {any} */ fate) =>
      el(
        "div",
        { class: "sub" },
        el(
          "p",
          {},
          ...sentence(desk, "according_to", { who: speaker(desk, fate) }),
          `: ${words.label("fate", fate.fate)}`,
          fate.date && `, ${words.date(fate.date)}`,
          " ",
          cites(desk, fate.citations),
        ),
        prose(desk, fate.summary),
      ),
    ),
  );
}

/** @type {(desk: Desk, one: any) => HTMLElement} */
function protection(desk, one) {
  const { words } = desk;
  return el(
    "p",
    { class: "item" },
    said(one.register),
    one.reference && [", ", said(one.reference)],
    one.date && `, ${words.date(one.date)}`,
    one.according_to && [" — ", ...sentence(desk, "according_to", { who: speaker(desk, one) })],
    " ",
    cites(desk, one.citations),
  );
}

/** @type {(desk: Desk, one: any) => HTMLElement} */
function relation(desk, one) {
  const { app, words } = desk;
  const open = el(
    "button",
    { type: "button", class: "link", on: { click: () => app.open(one.number) } },
    said(one.name[0], one.name[1]),
  );
  const self = el("em", {}, words.word("this_site"));
  const label = words.label("relation", one.relation);
  const stated = one.inverse ? [open, ` — ${label} — `, self] : [`${label}: `, open];
  return el("p", { class: "item" }, ...stated, one.reason && [" — ", said(one.reason)]);
}

/** @type {(desk: Desk, one: any) => HTMLElement} */
function identifier(desk, one) {
  const { words } = desk;
  return el(
    "p",
    { class: "item small" },
    said(one.scheme),
    ": ",
    el("code", {}, said(one.value)),
    one.match && ` (${words.label("identifier_match", one.match)})`,
    " ",
    cites(desk, one.citations),
  );
}
