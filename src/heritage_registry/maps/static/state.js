/** What a reader has set, in the address after "#", so that a view can be passed on; works from a file as well. */

import { ORDERS } from "./sorting.js";

/**
 * @typedef {object} Settings
 * @property {string} [language]
 * @property {{zoom: number, latitude: number, longitude: number}} [view]
 * @property {string} [site] The id of the open card.
 * @property {string} [query]
 * @property {string} [day] The day the time control stands at, YYYY-MM-DD.
 * @property {string} [sort] The order of the list.
 * @property {string[]} [sites] The only sites to show.
 * @property {Record<string, string[]>} chosen Options by filter, as asked for: they may not exist.
 */

/**
 * Reads what it knows and leaves the rest: an address comes from outside and may hold anything.
 * @param {string} hash
 * @param {any} meta
 * @param {string[]} filters Ids of the filters there are.
 * @returns {Settings}
 */
export function readHash(hash, meta, filters) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  /** @type {Settings} */
  const settings = { chosen: {} };
  const language = given.get("lang");
  if (language && meta.languages.includes(language)) settings.language = language;
  const view = (given.get("map") ?? "").split("/").map(Number);
  if (
    view.length === 3 &&
    view.every(Number.isFinite) &&
    Math.abs(view[1]) <= 85 &&
    Math.abs(view[2]) <= 180
  ) {
    settings.view = { zoom: view[0], latitude: view[1], longitude: view[2] };
  }
  const site = given.get("site");
  if (site && /^[0-9a-z]{8}$/.test(site)) settings.site = site;
  const query = given.get("q");
  if (query) settings.query = query.slice(0, 200);
  const day = given.get("day");
  if (day && /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day))) settings.day = day;
  const sort = given.get("sort");
  if (sort && ORDERS.includes(sort)) settings.sort = sort;
  const sites = given.get("sites");
  if (sites !== null) settings.sites = sites.split(",").filter((id) => /^[0-9a-z]{8}$/.test(id));
  for (const id of filters) {
    const chosen = (given.get(id) ?? "").split(",").filter((option) => option !== "");
    if (chosen.length > 0) settings.chosen[id] = chosen;
  }
  return settings;
}

/** @param {Settings} settings @returns {string} */
export function writeHash({ language, view, site, query, day, sort, sites, chosen }) {
  const parts = [];
  if (view)
    parts.push(`map=${view.zoom.toFixed(2)}/${view.latitude.toFixed(4)}/${view.longitude.toFixed(4)}`);
  if (language) parts.push(`lang=${language}`);
  for (const [id, options] of Object.entries(chosen))
    if (options.length > 0) parts.push(`${id}=${options.map(encodeURIComponent).join(",")}`);
  if (sites) parts.push(`sites=${sites.join(",")}`);
  if (query) parts.push(`q=${encodeURIComponent(query)}`);
  if (day) parts.push(`day=${day}`);
  if (sort && sort !== ORDERS[0]) parts.push(`sort=${sort}`);
  if (site) parts.push(`site=${site}`);
  return `#${parts.join("&")}`;
}
