/** Orders of the list of sites; numbers are sorted as numbers, so that a hundred thousand take no longer than a frame or two. */

import { FROM_EVER } from "./columns.js";

export const ORDERS = ["name", "condition", "seen", "reports", "lines", "distance"];

/** Beyond this many, sorting by name would ask for every name of the registry. */
export const NAMED_UP_TO = 2_000;

/** What is in the list first when it is sorted by condition. */
const BY_HARM = [
  "destroyed",
  "severe_damage",
  "moderate_damage",
  "damaged",
  "slight_damage",
  "no_visible_damage",
  "disagree",
  "works_since",
  "undated",
  "in_part",
  "none",
];
const LAST = 2 ** 31;
const SITES = 2 ** 21;

/**
 * Sites in the order the reader chose. Names must be at hand for the order by name.
 * @param {any} app
 * @param {number[]} sites
 * @param {string} order
 * @returns {number[]}
 */
export function inOrder(app, sites, order) {
  if (order === "name") return sites.length <= NAMED_UP_TO ? byName(app, sites) : sites;
  const rank = rankBy(app, order);
  const keys = Float64Array.from(sites, (site) => rank(site) * SITES + site).sort();
  return Array.from(keys, (key) => key % SITES);
}

/** @param {any} app @param {number[]} sites @returns {number[]} */
export function byName(app, sites) {
  const keys = new Map(sites.map((site) => [site, app.words.order(app.blocks.namesNow(site).names)[0][0]]));
  return [...sites].sort((a, b) => app.words.compare(keys.get(a), keys.get(b)) || a - b);
}

/** What the order rests on, for the row of a site; empty where the row says it anyway. @param {any} app @param {number} site @returns {string} */
export function orderFact(app, site) {
  const { words, table } = app;
  const { sort } = app.state;
  if (sort === "seen") return seenWords(app, site);
  if (sort === "reports") return words.word("fact_reports", { count: words.number(table.reports[site]) });
  if (sort === "lines") return words.word("fact_lines", { count: words.number(table.lines[site]) });
  if (sort !== "distance" || site >= table.located) return "";
  const metres = app.near.metres(site);
  const kilometres = metres < 9_950 ? Math.round(metres / 100) / 10 : Math.round(metres / 1000);
  return words.word(app.rough(site) ? "fact_about" : "fact_distance", { km: words.number(kilometres) });
}

/** When it was last seen; of an open time only its beginning is known. @param {any} app @param {number} site */
export function seenWords(app, site) {
  const { words, filtering } = app;
  const day = filtering.seen.day[site];
  if (day === FROM_EVER) return "";
  const date = new Date(day * 86_400_000).toISOString();
  if (filtering.seen.open[site]) return words.word("fact_from", { date: words.date(date.slice(0, 4)) });
  return words.word("fact_seen", { date: words.date(date.slice(0, 10)) });
}

/** The smallest comes first. @type {(app: any, order: string) => (site: number) => number} */
function rankBy(app, order) {
  const { table, meta } = app;
  if (order === "condition") {
    const ranks = meta.codes.condition.map((/** @type {string} */ id) => BY_HARM.indexOf(id));
    return (site) => ranks[table.condition[site]];
  }
  if (order === "reports") return (site) => 255 - table.reports[site];
  if (order === "lines") return (site) => 255 - table.lines[site];
  if (order === "seen") {
    const { day } = app.filtering.seen;
    return (site) => (day[site] === FROM_EVER ? LAST : LAST / 2 - day[site]);
  }
  return (site) => (site < table.located ? Math.round(app.near.metres(site)) : LAST);
}
