/** The filters as groups of choices with counts; the colours and shapes beside them are the map's legend. */

import { byId, el, fill } from "./dom.js";
import { drawSign, picture, SHADES, shapeOfType } from "./symbols.js";

const FEW = 8;

/** @param {any} app */
export function renderFilters(app) {
  const open = new Set(
    [...document.querySelectorAll("#filters details[open]")].map((one) => one.getAttribute("data-facet")),
  );
  fill(
    byId("filters"),
    ...app.facets.map((/** @type {any} */ facet) => facetGroup(app, facet, open.has(facet.id))),
  );
  byId("clear").hidden = app.facets.every((/** @type {any} */ facet) => facet.chosen.size === 0);
}

/** Writes new counts into the groups that are there, so that focus and scrolling stay. @param {any} app */
export function updateFilters(app) {
  for (const facet of app.facets) {
    const order = new Map(
      facet.options.map((/** @type {string} */ id, /** @type {number} */ code) => [id, code]),
    );
    for (const choice of document.querySelectorAll(`#filters [data-facet="${facet.id}"] label`)) {
      const input = /** @type {HTMLInputElement} */ (choice.querySelector("input"));
      const count = facet.counts[/** @type {number} */ (order.get(input.value))];
      /** @type {HTMLElement} */ (choice.querySelector(".count")).textContent = app.words.number(count);
      choice.classList.toggle("empty", count === 0 && !input.checked);
    }
    const badge = document.querySelector(`#filters [data-facet="${facet.id}"] .chosen`);
    if (badge) badge.textContent = facet.chosen.size > 0 ? app.words.number(facet.chosen.size) : "";
  }
  byId("clear").hidden = app.facets.every((/** @type {any} */ facet) => facet.chosen.size === 0);
}

/** @param {any} app @param {any} facet @param {string} id */
export function optionLabel(app, facet, id) {
  if (id === "not_said" || facet.list === "word") return app.words.word(id);
  return facet.id === "condition" ? app.conditionLabel(id) : app.words.label(facet.list, id);
}

/** @type {(app: any, facet: any, isOpen: boolean) => HTMLElement} */
function facetGroup(app, facet, isOpen) {
  const codes = [...facet.options.keys()].filter(
    (code) => facet.counts[code] > 0 || facet.chosen.has(facet.options[code]) || app.everCounted(facet, code),
  );
  if (facet.id === "community" || facet.id === "type") {
    codes.sort(
      (a, b) =>
        rankLast(facet, a) - rankLast(facet, b) ||
        app.words.compare(
          optionLabel(app, facet, facet.options[a]),
          optionLabel(app, facet, facet.options[b]),
        ),
    );
  }
  const choices = codes.map((code) => choice(app, facet, code));
  return el(
    "details",
    { "data-facet": facet.id, open: isOpen || facet.chosen.size > 0 },
    el(
      "summary",
      {},
      el("span", {}, app.words.word(`filter_${facet.id}`)),
      el("span", { class: "chosen" }, facet.chosen.size > 0 ? app.words.number(facet.chosen.size) : ""),
    ),
    el(
      "fieldset",
      { class: codes.length > FEW ? "long" : null },
      el("legend", { class: "unseen" }, app.words.word(`filter_${facet.id}`)),
      ...choices,
    ),
  );
}

/** @type {(facet: any, code: number) => number} */
function rankLast(facet, code) {
  return ["not_said", "unknown", "other"].includes(facet.options[code]) ? 1 : 0;
}

/** @type {(app: any, facet: any, code: number) => HTMLElement} */
function choice(app, facet, code) {
  const id = facet.options[code];
  const explanation = id === "not_said" || facet.list === "word" ? "" : app.words.explanation(facet.list, id);
  const input = el("input", {
    type: "checkbox",
    value: id,
    checked: facet.chosen.has(id),
    on: {
      change: (/** @type {Event} */ event) =>
        app.choose(facet, id, /** @type {HTMLInputElement} */ (event.target).checked),
    },
  });
  return el(
    "label",
    { title: explanation || null, class: facet.counts[code] === 0 ? "empty" : null },
    input,
    sampleOf(app, facet, id),
    el("span", { class: "choice" }, optionLabel(app, facet, id)),
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
