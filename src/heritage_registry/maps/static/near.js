/** What lies near: the map's middle, a point the reader clicks, or where the reader is, asked for only on a click. */

import { COLUMN_ZOOM } from "./columns.js";
import { byId, el, fill } from "./dom.js";

const EARTH_RADIUS_M = 6_371_009;
const WORLD = 256 << COLUMN_ZOOM;
const WAIT_MS = 20_000;

/** @typedef {{latitude: number, longitude: number}} Spot In degrees. */

/**
 * @param {any} app
 * @param {() => void} changed
 */
export function nearControl(app, changed) {
  const { map, table } = app;
  let kind = "centre";
  /** @type {Spot | null} */
  let chosen = null;
  let picking = false;
  let sheet = "";
  let note = "";
  let turn = 0;

  /** @type {() => Spot} */
  function origin() {
    const { lat, lng } = map.getCenter();
    return chosen ?? { latitude: lat, longitude: lng };
  }

  /** @type {(to: string, spot: Spot | null, says?: string) => void} */
  function set(to, spot, says = "") {
    turn += 1;
    [kind, chosen, note, picking] = [to, spot, says, false];
    render();
    changed();
  }

  function pick() {
    turn += 1;
    [kind, picking, note] = ["point", true, "near_click"];
    sheet = document.body.dataset.sheet ?? ""; // on a phone it lies over the map
    delete document.body.dataset.sheet;
    render();
  }

  /** Asks the browser, which asks the reader. The answer stays in the page: no address and no request carries it. */
  function locate() {
    const own = (turn += 1);
    [kind, picking, note] = ["me", false, "near_asking"];
    render();
    const failed = (/** @type {string} */ why) => own === turn && set("centre", null, why);
    if (!navigator.geolocation) return failed("near_unavailable");
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude } }) => own === turn && set("me", { latitude, longitude }, "near_stays"),
      ({ code, PERMISSION_DENIED }) =>
        failed(code === PERMISSION_DENIED ? "near_refused" : "near_unavailable"),
      { timeout: WAIT_MS, maximumAge: 60_000 },
    );
  }

  function render() {
    const { word } = app.words;
    const part = byId("near");
    part.hidden = app.state.sort !== "distance";
    const button = (/** @type {string} */ name, /** @type {() => void} */ act) =>
      el(
        "button",
        { type: "button", id: `near-${name}`, "aria-pressed": String(kind === name), on: { click: act } },
        word(`near_${name}`),
      );
    const focused = document.activeElement?.id;
    fill(
      byId("near-choices"),
      button("centre", () => set("centre", null)),
      button("point", pick),
      button("me", locate),
    );
    if (focused?.startsWith("near-")) document.getElementById(focused)?.focus();
    byId("near-note").textContent = note ? word(note) : "";
    map.getContainer().classList.toggle("picking", picking);
  }

  return {
    render,
    /** Metres from the origin. @param {number} site */
    metres(site) {
      return metresBetween(origin(), spotOf(table, site));
    },
    /** The point to mark on the map, if there is one. @returns {Spot | null} */
    mark: () => (app.state.sort === "distance" ? chosen : null),
    /** Takes a click on the map as the origin, if one is asked for. @param {{lat: number, lng: number}} place */
    take({ lat, lng }) {
      if (!picking) return false;
      set("point", { latitude: lat, longitude: lng });
      if (sheet) document.body.dataset.sheet = sheet;
      return true;
    },
  };
}

/** @type {(table: import("./columns.js").Table, site: number) => Spot} */
function spotOf(table, site) {
  const height = Math.PI * (1 - (2 * (table.y[site] + 0.5)) / WORLD);
  return {
    latitude: (Math.atan(Math.sinh(height)) * 180) / Math.PI,
    longitude: ((table.x[site] + 0.5) / WORLD) * 360 - 180,
  };
}

/** Along the ground, on a sphere. @param {Spot} a @param {Spot} b */
export function metresBetween(a, b) {
  const radians = (/** @type {number} */ degrees) => (degrees * Math.PI) / 180;
  const half = Math.sin(radians(b.latitude - a.latitude) / 2) ** 2;
  const turn = Math.sin(radians(b.longitude - a.longitude) / 2) ** 2;
  const sum = half + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * turn;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.sqrt(sum));
}
