/** Taking sites away as a file that the page makes itself: nothing is sent or asked for. */

import { citedSources } from "./card-sources.js";
import { siteFacts } from "./site-facts.js";

/** Between so many sites the page may breathe. */
const SITES_AT_ONCE = 256;

/**
 * @param {any} app
 * @param {number[]} sites
 * @param {(done: number) => void} [tell]
 * @returns {Promise<import("./formats.js").Row[]>} In the order of ids.
 */
export async function gatherRows(app, sites, tell = () => {}) {
  const rows = [];
  for (let start = 0; start < sites.length; start += SITES_AT_ONCE) {
    for (const site of sites.slice(start, start + SITES_AT_ONCE)) {
      const card = await app.blocks.card(site);
      const facts = siteFacts(app, card, await citedSources(app, card));
      rows.push({ facts, geometry: card.geometry });
    }
    tell(rows.length);
    await new Promise((resolve) => window.setTimeout(resolve));
  }
  return rows.sort((a, b) => (a.facts.id < b.facts.id ? -1 : 1));
}

/** @param {any} app @returns {import("./formats.js").Rights} */
export function rightsOf({ meta, words }) {
  return {
    title: words.pick(meta.title).text,
    licence: meta.licence,
    attribution: meta.attribution,
    digest: meta.digest,
  };
}

/** @param {string} name @param {string} media @param {string} text */
export function saveFile(name, media, text) {
  const address = URL.createObjectURL(new Blob([text], { type: `${media};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** @param {any} app @returns {number[]} Every site that search and filters show. */
export function shownSites({ table, visible }) {
  const sites = [];
  for (let site = 0; site < table.size; site += 1) if (visible[site]) sites.push(site);
  return sites;
}
