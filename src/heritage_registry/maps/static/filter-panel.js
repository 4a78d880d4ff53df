/** The filters as groups of choices with counts; the colours and shapes beside them are the map's legend. */

import { byId, el, fill, said, shortened } from "./dom.js";
import { countFacet, usedCodes } from "./filters.js";
import { drawSign, picture, SHADES, shapeOfType } from "./symbols.js";

const FEW = 8;
/** From here on a group has a field to search its choices, and shows no more of them at once. */
const MANY = 40;
const CHOICE_LETTERS = 140;
const COUNTING_MS = 6;

/** Groups that are always in sight; the others are in `MORE`. */
const FIRST = ["condition", "community", "type", "contested", "precision"];

/** Further groups under their headings. @type {[string, string[]][]} */
const MORE = [
  ["more_reported", ["cause", "effect", "intervention", "threat"]],
  ["more_evidence", ["evidence", "certainty", "lines", "source", "affiliation", "party"]],
  ["more_statements", ["contested_by", "element", "community_denied", "responsibility"]],
  ["more_time", ["period", "dating"]],
  ["more_site", ["place", "protection", "content_note"]],
];

/** @param {any} app */
export function renderFilters(app) {
  const open = new Set(
    [...document.querySelectorAll("#filters details[open]")].map((one) => one.getAttribute("data-facet")),
  );
  for (const facet of app.facets) if (facet.chosen.size > 0) open.add(facet.id);
  const groups = FIRST.map((id) => facetGroup(app, facetOf(app, id), open.has(id)));
  fill(byId("filters"), ...groups, moreGroups(app, open));
  showClear(app);
}

/**
 * Writes new counts into the groups that are open, so that focus and scrolling stay. Many open groups of many sites
 * take several turns, so that the map is drawn in between.
 * @param {any} app
 */
export function updateFilters(app) {
  showClear(app);
  const groups = [...document.querySelectorAll("#filters [data-facet]")];
  window.clearTimeout(app.counting);
  const turn = () => {
    const start = performance.now();
    while (groups.length > 0 && performance.now() - start < COUNTING_MS)
      updateGroup(app, /** @type {Element} */ (groups.shift()));
    if (groups.length > 0) app.counting = window.setTimeout(turn);
  };
  turn();
}

/** @type {(app: any, group: Element) => void} */
function updateGroup(app, group) {
  const facet = facetOf(app, group.getAttribute("data-facet") ?? "");
  const badge = /** @type {HTMLElement} */ (group.querySelector(".chosen"));
  badge.textContent = facet.chosen.size > 0 ? app.words.number(facet.chosen.size) : "";
  if (!group.hasAttribute("open")) return;
  countFacet(facet, app.fails);
  const codes = new Map(
    facet.options.map((/** @type {string} */ id, /** @type {number} */ code) => [id, code]),
  );
  for (const label of group.querySelectorAll("label")) {
    const input = /** @type {HTMLInputElement} */ (label.querySelector("input"));
    const count = facet.counts[/** @type {number} */ (codes.get(input.value))];
    input.checked = facet.chosen.has(input.value);
    /** @type {HTMLElement} */ (label.querySelector(".count")).textContent = app.words.number(count);
    label.classList.toggle("empty", count === 0 && !input.checked);
  }
}

/** @param {any} app @param {any} facet @param {string} id @returns {string} */
export function optionLabel(app, facet, id) {
  const known = facet.labels?.get(id);
  if (known) return shortened(known[0], CHOICE_LETTERS);
  if (isWord(facet, id)) return app.words.word(id);
  return facet.id === "condition" ? app.conditionLabel(id) : app.words.label(facet.list, id);
}

/** The choice for sites of which nothing is said is a word of the page too. @type {(facet: any, id: string) => boolean} */
function isWord(facet, id) {
  return facet.list === "word" || facet.options.indexOf(id) === facet.nothing;
}

/** @type {(app: any, id: string) => any} */
function facetOf(app, id) {
  return app.facets.find((/** @type {any} */ facet) => facet.id === id);
}

/** @type {(app: any) => void} */
function showClear(app) {
  byId("clear").hidden = app.chips().length === 0;
}

/** @type {(app: any, open: Set<string | null>) => HTMLElement} */
function moreGroups(app, open) {
  const body = el("div", { class: "more-groups" });
  const wasOpen = document.querySelector("#more-filters")?.hasAttribute("open");
  const anyOpen = MORE.some(([, ids]) => ids.some((id) => open.has(id)));
  const details = el(
    "details",
    { id: "more-filters", open: Boolean(wasOpen || anyOpen) },
    el("summary", {}, app.words.word("more_filters")),
    body,
  );
  const show = async () => {
    if (!details.hasAttribute("open") || body.hasChildNodes()) return;
    await app.loadMore();
    if (body.hasChildNodes()) return;
    for (const [heading, ids] of MORE) {
      const groups = ids.map((id) => facetGroup(app, facetOf(app, id), open.has(id)));
      body.append(el("h3", {}, app.words.word(heading)), ...groups);
    }
  };
  details.addEventListener("toggle", () => void show());
  if (app.hasMore() && details.hasAttribute("open")) void show();
  return details;
}

/** A group whose choices are made when it is opened. @type {(app: any, facet: any, isOpen: boolean) => HTMLElement} */
function facetGroup(app, facet, isOpen) {
  const title = app.words.word(`filter_${facet.id}`);
  const body = el("fieldset", {}, el("legend", { class: "unseen" }, title));
  const details = el(
    "details",
    { "data-facet": facet.id, open: isOpen },
    el(
      "summary",
      {},
      el("span", {}, title),
      el("span", { class: "chosen" }, facet.chosen.size > 0 ? app.words.number(facet.chosen.size) : ""),
    ),
    body,
  );
  const show = () => {
    if (!details.hasAttribute("open")) return;
    if (body.childElementCount === 1) fillGroup(app, facet, body);
    else updateFilters(app);
  };
  details.addEventListener("toggle", show);
  show();
  return details;
}

/** @type {(app: any, facet: any, body: HTMLElement) => void} */
function fillGroup(app, facet, body) {
  countFacet(facet, app.fails);
  facet.used ??= usedCodes(facet);
  const codes = sortedCodes(app, facet);
  const note = app.words.explanationOf(facet.id);
  if (note) body.append(el("p", { class: "quiet note" }, note));
  const choices = el("div", { class: codes.length > FEW ? "choices long" : "choices" });
  if (codes.length <= MANY) {
    choices.append(...codes.map((code) => choice(app, facet, code)));
    body.append(choices);
    return;
  }
  const more = el("p", { class: "quiet note" });
  const field = /** @type {HTMLInputElement} */ (
    el("input", {
      type: "search",
      class: "narrow",
      autocomplete: "off",
      "aria-label": app.words.word("search_choices"),
      placeholder: app.words.word("search_choices"),
    })
  );
  const narrow = () => {
    const found = matching(app, facet, codes, field.value);
    fill(choices, ...found.slice(0, MANY).map((code) => choice(app, facet, code)));
    const left = app.words.number(Math.max(0, found.length - MANY));
    more.textContent =
      found.length > MANY
        ? app.words.word("choices_left", { count: left })
        : found.length === 0
          ? app.words.word("no_choice")
          : "";
  };
  field.addEventListener("input", narrow);
  narrow();
  body.append(field, choices, more);
}

/** Choices whose words or id have what was typed, in any script. @type {(app: any, facet: any, codes: number[], query: string) => number[]} */
function matching(app, facet, codes, query) {
  const plain = query.trim().toLocaleLowerCase();
  if (plain === "") return codes;
  const key = app.folded(query);
  facet.keys ??= new Map();
  return codes.filter((code) => {
    const label = optionLabel(app, facet, facet.options[code]);
    if (label.toLocaleLowerCase().includes(plain) || facet.options[code].includes(plain)) return true;
    if (key === "") return false;
    if (!facet.keys.has(code)) facet.keys.set(code, ` ${app.folded(label)}`);
    return facet.keys.get(code).includes(` ${key}`);
  });
}

/** @type {(app: any, facet: any) => number[]} */
function sortedCodes(app, facet) {
  const codes = [...facet.options.keys()].filter(
    (code) => facet.used.has(code) || facet.chosen.has(facet.options[code]),
  );
  const isLong = codes.length > MANY;
  const inOrder = ["condition", "period", "dating", "certainty", "lines"].includes(facet.id) || isWord(facet, facet.options[0]);
  if (inOrder) return codes;
  const labels = new Map(codes.map((code) => [code, optionLabel(app, facet, facet.options[code])]));
  const first = (/** @type {number} */ code) => (facet.chosen.has(facet.options[code]) ? 0 : 1);
  return codes.sort(
    (a, b) =>
      (isLong ? first(a) - first(b) || facet.counts[b] - facet.counts[a] : 0) ||
      rankLast(facet, a) - rankLast(facet, b) ||
      app.words.compare(labels.get(a), labels.get(b)),
  );
}

/** @type {(facet: any, code: number) => number} */
function rankLast(facet, code) {
  return code === facet.nothing || ["unknown", "other", "not_stated"].includes(facet.options[code]) ? 1 : 0;
}

/** @type {(app: any, facet: any, code: number) => HTMLElement} */
function choice(app, facet, code) {
  const id = facet.options[code];
  const isPlain = isWord(facet, id) || facet.labels;
  const explanation = isPlain ? "" : app.optionExplanation(facet, id);
  const input = el("input", {
    type: "checkbox",
    value: id,
    on: {
      change: (/** @type {Event} */ event) =>
        app.choose(facet, id, /** @type {HTMLInputElement} */ (event.target).checked),
    },
  });
  /** @type {HTMLInputElement} */ (input).checked = facet.chosen.has(id);
  const text = optionLabel(app, facet, id);
  const language = facet.labels?.get(id)?.[1];
  return el(
    "label",
    { title: explanation || null, class: facet.counts[code] === 0 ? "empty" : null },
    input,
    sampleOf(app, facet, id),
    el("span", { class: "choice" }, facet.labels?.has(id) ? said(text, language ?? undefined) : text),
    el("span", { class: "count" }, app.words.number(facet.counts[code])),
  );
}

/** @type {(app: any, facet: any, id: string) => HTMLElement | null} */
function sampleOf(app, facet, id) {
  const none = SHADES.indexOf("none");
  const signs = {
    condition: () => ({ shape: 0, shade: SHADES.indexOf(id) }),
    type: () => ({ shape: shapeOfType(id), shade: none }),
    contested: () => ({ shape: 0, shade: none, contested: id === "is_contested" }),
    precision: () =>
      id === "precision_none"
        ? null
        : { shape: 0, shade: SHADES.indexOf("moderate_damage"), rough: id !== "precision_monument" },
  };
  const sign = id === "not_said" ? null : /** @type {any} */ (signs)[facet.id]?.();
  return sign
    ? picture(24, (context, middle) => drawSign(context, middle, middle, 6, sign, app.palette))
    : null;
}
