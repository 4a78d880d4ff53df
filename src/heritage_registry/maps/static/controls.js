/** The page's own buttons and fields, and the keys that work everywhere. */

import { byId } from "./dom.js";

const TYPING_PAUSE_MS = 160;

/** @param {any} app */
export function wireControls(app) {
  let typing = 0;
  byId("search").addEventListener("input", (event) => {
    window.clearTimeout(typing);
    const { value } = /** @type {HTMLInputElement} */ (event.target);
    typing = window.setTimeout(() => void app.search(value), TYPING_PAUSE_MS);
  });
  byId("phone-language").addEventListener("change", (event) => {
    app.setLanguage(/** @type {HTMLSelectElement} */ (event.target).value);
  });
  onClick("clear", () => {
    app.clearFilters();
    byId("search").focus();
  });
  for (const tab of ["view", "unlocated", "found"]) onClick(`tab-${tab}`, () => app.showTab(tab));
  onClick("card-close", () => app.closeCard());
  onClick("card-back", () => app.backToGroup());
  onClick("zoom-in", () => app.zoomBy(1));
  onClick("zoom-out", () => app.zoomBy(-1));
  onClick("zoom-all", () => app.showRegion());
  onClick("skip", () => {
    document.body.dataset.sheet = "list";
    byId(`tab-${app.state.tab}`).focus();
  });
  for (const button of document.querySelectorAll("[data-open-sheet]")) {
    button.addEventListener("click", () => toggleSheet(button.getAttribute("data-open-sheet") ?? ""));
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (document.body.dataset.sheet) delete document.body.dataset.sheet;
    else app.closeCard();
  });
}

/** @type {(id: string, action: () => void) => void} */
function onClick(id, action) {
  byId(id).addEventListener("click", action);
}

/** On a phone the panel is a sheet with either the filters or the list. @type {(sheet: string) => void} */
function toggleSheet(sheet) {
  if (document.body.dataset.sheet === sheet) delete document.body.dataset.sheet;
  else document.body.dataset.sheet = sheet;
}
