/** Which sites are shown, and how many each choice of a filter would show: passes over typed arrays, by column. */

import { offsetsOf, readColumns } from "./columns.js";

/**
 * @typedef {object} Facet A property to filter by. Values of site i: values[offsets[i]] …; without offsets values[i].
 * @property {string} id
 * @property {string} list The vocabulary, or a list of the registry, that has the labels; "word" for words of the page.
 * @property {string[]} options Ids by code.
 * @property {Uint32Array | null} offsets
 * @property {Uint8Array | Uint16Array} values
 * @property {number} nothing The code of sites for which nothing is said, so that no site is out of reach; -1: none.
 * @property {Uint32Array} counts Sites of each option under the other filters; see `countFacet`.
 * @property {Set<string>} chosen Empty: no filter.
 * @property {Map<string, [string, string | null]>} [labels] Text and language of options of a long list.
 */

/** A site outside a mask fails so often that it counts for no option. */
const OUTSIDE = 100;

/** What a site without any value of a field is called, where "not stated" would be wrong. @type {Record<string, string>} */
const NOTHING = {
  affiliation: "origin_unknown",
  party: "origin_unknown",
  community_denied: "nobody_denies",
  contested_by: "not_contested",
  element: "not_contested",
  period: "period_unseen",
  protection: "protection_none",
};

/**
 * The filters that are there when the page opens.
 * @param {import("./columns.js").Table} table
 * @param {any} codes
 * @returns {Facet[]}
 */
export function makeFacets(table, codes) {
  return [
    single("condition", "condition", codes.condition, table.condition),
    listed("community", "community", codes.community, table.communities),
    listed("type", "site_type", codes.type, table.types),
    single("contested", "word", ["not_contested", "is_contested"], table.contested),
    single(
      "precision",
      "word",
      [...codes.location_of.map((/** @type {string} */ of) => `precision_${of}`), "precision_none"],
      precisions(table, codes),
    ),
    single(
      "lines",
      "word",
      ["lines_none", "lines_one", "lines_several"],
      table.lines.map((lines) => Math.min(lines, 2)),
    ),
  ];
}

/**
 * The filters of facets.py, the days on which sites were last seen, and their states in time.
 * @param {any} meta
 * @param {{bytes: Uint8Array, labels: Record<string, [string, string, string | null][]>}} more
 * @returns {{facets: Facet[], seenDay: Int32Array, seenOpen: Uint8Array, states: import("./columns.js").Table["states"]}}
 */
export function makeMoreFacets(meta, { bytes, labels }) {
  const column = readColumns(bytes, meta.more_columns);
  const facets = meta.facets.map((/** @type {any} */ { id, list, options }) => {
    const ids = options ?? labels[list].map(([option]) => option);
    const facet = listed(id, list, ids, { offsets: offsetsOf(column[`${id}_count`]), values: column[id] });
    if (!options)
      facet.labels = new Map(labels[list].map(([option, text, language]) => [option, [text, language]]));
    return facet;
  });
  const states = { offsets: offsetsOf(column.state_count), days: column.state_day, values: column.state };
  return { facets, seenDay: column.seen_day, seenOpen: column.seen_open, states };
}

/**
 * @param {Facet[]} facets
 * @param {(Uint8Array | null)[]} masks Sites that a search or a list of ids found, where there is one.
 * @param {Uint8Array} visible Filled: 1 for each site that fits all.
 * @param {Uint8Array} fails Filled: how many filters each site does not fit.
 * @returns {number} How many are shown.
 */
export function applyFilters(facets, masks, visible, fails) {
  fails.fill(0);
  for (const mask of masks)
    if (mask) for (let site = 0; site < fails.length; site += 1) if (!mask[site]) fails[site] = OUTSIDE;
  for (const facet of facets) if (facet.chosen.size > 0) markFails(facet, fails);
  let shown = 0;
  for (let site = 0; site < fails.length; site += 1) {
    visible[site] = fails[site] === 0 ? 1 : 0;
    shown += visible[site];
  }
  return shown;
}

/** Counts the sites that each option would show: those that fit every other filter. @param {Facet} facet @param {Uint8Array} fails */
export function countFacet(facet, fails) {
  const { offsets, values, nothing, counts } = facet;
  const wanted = facet.chosen.size > 0 ? wantedCodes(facet) : null;
  counts.fill(0);
  for (let site = 0; site < fails.length; site += 1) {
    if (fails[site] > 1 || (fails[site] === 1 && !(wanted && !hasAny(facet, site, wanted)))) continue;
    if (!offsets) counts[values[site]] += 1;
    else if (offsets[site] === offsets[site + 1]) counts[nothing] += 1;
    else for (let place = offsets[site]; place < offsets[site + 1]; place += 1) counts[values[place]] += 1;
  }
}

/** Options that any site has, whatever is chosen. @param {Facet} facet @returns {Set<number>} */
export function usedCodes({ offsets, values, nothing }) {
  const used = new Set(values);
  if (offsets && offsets.some((start, site) => start === offsets[site + 1])) used.add(nothing);
  return used;
}

/** @type {(facet: Facet, fails: Uint8Array) => void} */
function markFails(facet, fails) {
  const wanted = wantedCodes(facet);
  for (let site = 0; site < fails.length; site += 1) if (!hasAny(facet, site, wanted)) fails[site] += 1;
}

/** @type {(facet: Facet) => Uint8Array} */
function wantedCodes({ options, chosen }) {
  return Uint8Array.from(options, (id) => (chosen.has(id) ? 1 : 0));
}

/** @type {(facet: Facet, site: number, wanted: Uint8Array) => boolean} */
function hasAny({ offsets, values, nothing }, site, wanted) {
  if (!offsets) return wanted[values[site]] === 1;
  const end = offsets[site + 1];
  if (offsets[site] === end) return wanted[nothing] === 1;
  for (let place = offsets[site]; place < end; place += 1) if (wanted[values[place]]) return true;
  return false;
}

/** @type {(id: string, list: string, options: string[], values: Uint8Array) => Facet} */
function single(id, list, options, values) {
  const counts = new Uint32Array(options.length);
  return { id, list, options, offsets: null, values, nothing: -1, counts, chosen: new Set() };
}

/** @type {(id: string, list: string, ids: string[], listed: {offsets: Uint32Array, values: Uint8Array | Uint16Array}) => Facet} */
function listed(id, list, ids, { offsets, values }) {
  const options = [...ids, NOTHING[id] ?? "not_said"];
  const counts = new Uint32Array(options.length);
  return { id, list, options, offsets, values, nothing: ids.length, counts, chosen: new Set() };
}

/** @type {(table: import("./columns.js").Table, codes: any) => Uint8Array} */
function precisions(table, codes) {
  const values = new Uint8Array(table.size).fill(codes.location_of.length);
  values.set(table.precision);
  return values;
}
