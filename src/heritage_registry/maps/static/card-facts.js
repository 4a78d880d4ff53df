/** What a card says of a site besides its condition: names, ties, history, places, collections, relations. */

import { cites, facts, prose, quote, responseList, sentence, speaker } from "./card-parts.js";
import { dateOrder } from "./dates.js";
import { el, said } from "./dom.js";

/** @typedef {import("./card-parts.js").Desk} Desk */

/** @type {(desk: Desk, name: any) => HTMLElement} */
export function oneName(desk, name) {
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
export function attribution(desk, one) {
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
export function siteType(desk, one) {
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
export function history(desk, events) {
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
export function place(desk, one) {
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
export function locations(desk, properties) {
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
export function collection(desk, one) {
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
export function protection(desk, one) {
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

/** What a reader asked us to correct, and our answer. */
/** @type {(desk: Desk, one: any) => HTMLElement} */
export function correction(desk, one) {
  const { words } = desk;
  return el(
    "div",
    { class: "item" },
    el("p", {}, el("strong", {}, words.label("correction_outcome", one.outcome))),
    facts([
      [words.word("correction_about"), one.about && said(one.about)],
      [words.word("correction_asks"), prose(desk, one.asks, "span")],
      [words.word("correction_answer"), prose(desk, one.answer, "span")],
      [words.word("correction_received"), words.date(one.received)],
      [words.word("correction_answered"), words.date(one.answered)],
    ]),
  );
}

/** @type {(desk: Desk, one: any) => HTMLElement} */
export function relation(desk, one) {
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
export function identifier(desk, one) {
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
