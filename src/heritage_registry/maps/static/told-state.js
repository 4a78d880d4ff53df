/** What the page tells of itself: parts it could not read, to the reader; what it shows, to tests. */

import { byId } from "./dom.js";

/** @param {any} app @param {boolean} isMissing */
export function tellMissing(app, isMissing) {
  const key = location.protocol === "file:" ? "parts_need_host" : "parts_missing";
  byId("notice").textContent = isMissing ? app.words.word(key) : "";
  byId("notice").hidden = !isMissing;
}

/** Changes nothing. @param {any} app @param {any} layer @param {() => number} filterMs How long the last filtering took. */
export function tellState(app, layer, filterMs) {
  Object.defineProperty(window, "registryMapState", {
    value: () => ({
      sites: app.table.size,
      located: app.table.located,
      shown: app.shownCount,
      drawn: layer.marks().reduce((sum, mark) => sum + mark.count, 0),
      marks: layer.marks().map(({ x, y, radius, count, onePoint }) => ({ x, y, radius, count, onePoint })),
      inView: app.sitesInView().length,
      language: app.words.language,
      open: app.state.open,
      day: app.state.day,
      filterMs: filterMs(),
      drawnAt: app.drawnAt,
      redraw: layer.draw,
      pixelOf: layer.pixelOf,
    }),
  });
}
