/** The reports of a card in the order of time: what each source says, its evidence, and the responses beside it. */

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
import { dateOrder } from "./dates.js";
import { el, said } from "./dom.js";
import { drawSign, picture, SHADES } from "./symbols.js";

/** @typedef {import("./card-parts.js").Desk} Desk */

/** @param {Desk} desk @param {any} card */
export function reportSection(desk, card) {
  const reports = [...(card.properties.reports ?? [])];
  reports.sort(
    (a, b) =>
      dateOrder(a.observed) - dateOrder(b.observed) || dateOrder(a.published) - dateOrder(b.published),
  );
  if (reports.length === 0)
    return section(desk, "reports", [el("p", { class: "quiet" }, desk.words.word("no_reports"))]);
  return section(desk, "reports", [
    el("ol", { class: "timeline" }, ...reports.map((report) => el("li", {}, oneReport(desk, report)))),
  ]);
}

/** @type {(desk: Desk, report: any) => HTMLElement} */
function oneReport(desk, report) {
  const { words } = desk;
  const shade = SHADES.indexOf(report.condition);
  const sign = { shape: 0, shade: shade < 0 ? SHADES.indexOf("none") : shade };
  const answers = responseList(desk, report.responses);
  return el(
    "article",
    { class: answers ? "report answered" : "report", id: `report-${report.id}`, tabindex: "-1" },
    el(
      "header",
      {},
      picture(22, (context, middle) => drawSign(context, middle, middle, 6, sign, desk.app.palette)),
      el("h4", {}, report.observed ? words.date(report.observed) : words.word("date_not_stated")),
    ),
    el(
      "div",
      { class: "claim" },
      el("p", { class: "who" }, ...sentence(desk, "reports_that", { who: speaker(desk, report) })),
      el(
        "p",
        { class: "grade" },
        words.label("condition", report.condition),
        report.part && [" — ", words.word("part"), " ", said(report.part)],
        " ",
        cites(desk, report.citations),
      ),
      report.as_stated && el("p", {}, quote(desk, report.as_stated)),
      prose(desk, report.summary),
      facts(reportFacts(desk, report)),
      report.context &&
        el(
          "div",
          { class: "context" },
          el("p", { class: "subhead" }, words.word("context")),
          prose(desk, report.context),
        ),
      ...(report.responsibility ?? []).map((/** @type {any} */ one) => responsibility(desk, one)),
    ),
    answers,
  );
}

/** @type {(desk: Desk, report: any) => [string, any][]} */
function reportFacts(desk, report) {
  const { words } = desk;
  return [
    [words.word("evidence"), evidence(desk, report.evidence)],
    [words.word("date_as_stated"), report.date_as_stated && said(report.date_as_stated)],
    [words.word("published"), report.published && words.date(report.published)],
    [words.word("scheme"), report.scheme && said(report.scheme)],
    [words.word("extent"), report.extent && words.label("extent", report.extent)],
    [words.word("causes"), labels(desk, "cause", report.causes)],
    [words.word("effects"), labels(desk, "effect", report.effects)],
    [words.word("interventions"), labels(desk, "intervention", report.interventions)],
    [
      words.word("threats"),
      (report.threats ?? []).map((/** @type {any} */ threat) => oneThreat(desk, threat)),
    ],
    [words.word("certainty"), words.label("certainty", report.certainty ?? "not_stated")],
    [
      words.word("superseded"),
      report.superseded_by && words.word("superseded_by", { report: report.superseded_by }),
    ],
    [words.word("report_id"), report.id],
  ];
}

/** @type {(desk: Desk, evidence: any) => Node[]} */
function evidence(desk, { type, images = [] }) {
  const { words } = desk;
  const shown = images.map((/** @type {any} */ image) => {
    const parts = [image.acquired && words.date(image.acquired), image.sensor, image.identifier].filter(
      Boolean,
    );
    return el("li", {}, said(parts.join(", ")));
  });
  return [
    document.createTextNode(words.label("evidence_type", type)),
    ...(shown.length > 0 ? [el("ul", {}, ...shown)] : []),
  ];
}

/** @type {(desk: Desk, threat: any) => HTMLElement} */
function oneThreat(desk, threat) {
  const { words } = desk;
  const said_ = [
    words.label("threat_likelihood", threat.likelihood),
    threat.cause && words.label("cause", threat.cause),
  ];
  return el("div", {}, said_.filter(Boolean).join(": "), prose(desk, threat.summary));
}

/** @type {(desk: Desk, one: any) => HTMLElement} */
function responsibility(desk, one) {
  const { words } = desk;
  return el(
    "div",
    { class: "responsibility" },
    el(
      "p",
      { class: "subhead" },
      words.word("responsibility"),
      ": ",
      words.label("responsibility_kind", one.kind),
    ),
    el("p", {}, said(one.as_stated)),
    el(
      "p",
      { class: "small" },
      ...sentence(desk, "according_to", { who: speaker(desk, one) }),
      one.party && ` · ${words.word("party_named")}: ${words.label("party", one.party)}`,
      " ",
      cites(desk, one.citations),
    ),
  );
}

/** Why the map shows the colour it shows: the rule, and the observations it was applied to. */
/** @param {Desk} desk @param {any} card */
export function whySection(desk, card) {
  const { words } = desk;
  const { condition, standing, works_since, bracket, disagreements, lines, states } = card.derived;
  const rows = [el("p", {}, words.word("why_rule"))];
  if (condition)
    rows.push(
      basis(desk, "why_condition", condition.reports, {
        grades: condition.grades
          .map((/** @type {string} */ grade) => words.label("condition", grade))
          .join(" / "),
        dates: datesOf(desk, card, condition.reports),
      }),
    );
  else rows.push(el("p", {}, words.explanation("standing", standing)));
  for (const works of works_since)
    rows.push(
      basis(desk, "why_works", works.report ? [works.report] : [], { date: words.date(works.first) }),
    );
  if (bracket) {
    const key = bracket.last_undamaged ? "why_bracket" : "why_bracket_open";
    rows.push(
      basis(desk, key, bracket.reports, {
        last: bracket.last_undamaged ? words.date(bracket.last_undamaged) : "",
        first: words.date(bracket.first_damaged),
      }),
    );
  }
  for (const one of disagreements) {
    const element = one.element ? words.label("response_element", one.element) : "";
    rows.push(basis(desk, `why_contested_${one.kind}`, one.reports, { element }));
  }
  if (states.length > 1) rows.push(stateList(desk, states));
  if (lines.length > 0) rows.push(lineList(desk, lines));
  return el("details", { class: "why" }, el("summary", {}, words.word("why")), ...rows);
}

/** When some reports say the state was seen, or were published: as they say it, no more exactly. */
/** @param {{words: any}} desk @param {any} card @param {string[]} ids */
export function datesOf({ words }, card, ids) {
  const reports = card.properties.reports.filter((/** @type {any} */ report) => ids.includes(report.id));
  const dates = reports.map((/** @type {any} */ one) => one.observed ?? one.published).filter(Boolean);
  return [...new Set(dates)].map(words.date).join("; ");
}

/** @type {(desk: Desk, key: string, reports: string[], values: Record<string, string>) => HTMLElement} */
function basis(desk, key, reports, values) {
  return el("p", {}, desk.words.word(key, values), " ", ...reportLinks(desk, reports));
}

/** @type {(desk: Desk, reports: string[]) => Node[]} */
function reportLinks(desk, reports) {
  return reports.map((id) => {
    const go = () => {
      const target = document.getElementById(`report-${id}`);
      target?.scrollIntoView({ block: "center" });
      target?.focus({ preventScroll: true });
    };
    return el(
      "button",
      {
        type: "button",
        class: "cite",
        "aria-label": desk.words.word("go_to_report", { report: id }),
        on: { click: go },
      },
      id,
    );
  });
}

/** @type {(desk: Desk, states: any[]) => HTMLElement} */
function stateList(desk, states) {
  const { words } = desk;
  const items = states.map((span) =>
    el(
      "li",
      {},
      `${span.start ? words.word("state_from", { date: words.date(span.start) }) : words.word("state_from_ever")}: ${words.word(`state_${span.state}`)} `,
      ...reportLinks(desk, span.reports),
    ),
  );
  return el("div", {}, el("p", { class: "subhead" }, words.word("why_states")), el("ul", {}, ...items));
}

/** @type {(desk: Desk, lines: any[]) => HTMLElement} */
function lineList(desk, lines) {
  const { words } = desk;
  const items = lines.map((line) =>
    el(
      "li",
      {},
      cites(desk, [{ source: line.origin }]),
      ` ${words.label("affiliation", line.affiliation)}, ${words.word("party")}: ${words.label("party", line.party)} `,
      ...reportLinks(desk, line.reports),
    ),
  );
  return el(
    "div",
    {},
    el("p", { class: "subhead" }, words.word("why_lines", { count: words.number(lines.length) })),
    el("ul", {}, ...items),
  );
}
