/** What is filtered by, one button each, above the list. */

import { byId, el, fill } from "./dom.js";
import { optionLabel } from "./filter-panel.js";

/**
 * @typedef {object} Chip
 * @property {string} text
 * @property {() => void} remove
 */

/** Every active filter, in the order of the panel. @param {any} app @returns {Chip[]} */
export function activeFilters(app) {
  const { words } = app;
  /** @type {Chip[]} */
  const chips = [];
  if (app.state.query !== "")
    chips.push({
      text: words.word("chip", { filter: words.word("search"), choice: searchAsRead(app) }),
      remove: app.clearSearch,
    });
  if (app.only)
    chips.push({
      text: words.word("chip_sites", { count: words.number(app.only.ids.length) }),
      remove: app.clearOnly,
    });
  for (const facet of app.facets) {
    for (const id of facet.chosen) {
      const filter = words.word(`filter_${facet.id}`);
      chips.push({
        text: words.word("chip", { filter, choice: optionLabel(app, facet, id) }),
        remove: () => app.choose(facet, id, false),
      });
    }
  }
  return chips;
}

/** The search, with the kinds of site it was read as. @type {(app: any) => string} */
function searchAsRead({ words, state, finds }) {
  if (!finds || finds.kinds.length === 0) return state.query;
  const kinds = finds.kinds.map((/** @type {string} */ kind) => words.label("site_type", kind)).join(" / ");
  return `${state.query} (${words.word("filter_type")}: ${kinds})`;
}

/** @param {any} app */
export function renderChips(app) {
  const chips = app.chips();
  const list = byId("chips");
  const focused = [...list.querySelectorAll("button")].indexOf(
    /** @type {HTMLButtonElement} */ (document.activeElement),
  );
  list.hidden = chips.length === 0;
  const buttons = chips.map((/** @type {Chip} */ { text, remove }) =>
    el(
      "button",
      { type: "button", class: "chip", "aria-label": app.words.word("remove_filter", { filter: text }), on: { click: remove } },
      el("span", { dir: "auto" }, text),
      el("span", { "aria-hidden": "true" }, "✕"),
    ),
  );
  if (chips.length > 1)
    buttons.push(
      el("button", { type: "button", class: "link", on: { click: app.clearFilters } }, app.words.word("clear")),
    );
  fill(list, ...buttons.map((/** @type {HTMLElement} */ button) => el("li", {}, button)));
  if (focused < 0) return;
  const next = /** @type {HTMLElement | undefined} */ (buttons[Math.min(focused, buttons.length - 1)]);
  (next ?? byId(`tab-${app.state.tab}`)).focus();
}
