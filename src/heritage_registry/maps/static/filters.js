/** Which sites are shown, and how many each choice of a filter would show; one pass over typed arrays. */

/**
 * @typedef {object} Facet A property to filter by. Values of site i: values[offsets[i]] … ; without offsets values[i].
 * @property {string} id
 * @property {string} list The vocabulary, or a list of the registry, that has the labels; "word" for words of the page.
 * @property {string[]} options Ids by code.
 * @property {Uint32Array | null} offsets
 * @property {Uint8Array} values
 * @property {Uint32Array} counts Sites of each option under the other filters.
 * @property {Set<string>} chosen Empty: no filter.
 */

/**
 * A new filter is one more entry here and a word `filter_<id>` in the messages.
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
 * @param {number} size
 * @param {Facet[]} facets
 * @param {Uint8Array | null} found Sites that a search found, where there is one.
 * @param {Uint8Array} visible Filled here.
 * @returns {number} How many are shown.
 */
export function applyFilters(size, facets, found, visible) {
  const wanted = facets.map(({ options, chosen }) =>
    Uint8Array.from(options, (id) => (chosen.has(id) ? 1 : 0)),
  );
  const filtering = facets.map(({ chosen }) => chosen.size > 0);
  for (const facet of facets) facet.counts.fill(0);
  let shown = 0;
  for (let site = 0; site < size; site += 1) {
    visible[site] = 0;
    if (found && !found[site]) continue;
    let failed = 0;
    let failing = -1;
    for (let n = 0; n < facets.length; n += 1) {
      if (filtering[n] && !hasAny(facets[n], site, wanted[n])) {
        failed += 1;
        failing = n;
      }
    }
    if (failed === 0) {
      visible[site] = 1;
      shown += 1;
      for (let n = 0; n < facets.length; n += 1) countSite(facets[n], site);
    } else if (failed === 1) countSite(facets[failing], site);
  }
  return shown;
}

/** @type {(facet: Facet, site: number, wanted: Uint8Array) => boolean} */
function hasAny({ offsets, values }, site, wanted) {
  if (!offsets) return wanted[values[site]] === 1;
  for (let place = offsets[site]; place < offsets[site + 1]; place += 1)
    if (wanted[values[place]]) return true;
  return false;
}

/** @type {(facet: Facet, site: number) => void} */
function countSite({ offsets, values, counts }, site) {
  if (!offsets) counts[values[site]] += 1;
  else for (let place = offsets[site]; place < offsets[site + 1]; place += 1) counts[values[place]] += 1;
}

/** @type {(id: string, list: string, options: string[], values: Uint8Array) => Facet} */
function single(id, list, options, values) {
  return {
    id,
    list,
    options,
    offsets: null,
    values,
    counts: new Uint32Array(options.length),
    chosen: new Set(),
  };
}

/**
 * Sites for which nothing is said get a choice of their own, so that no site is out of reach.
 * @type {(id: string, list: string, options: string[], listed: import("./columns.js").Listed) => Facet}
 */
function listed(id, list, options, { offsets, values }) {
  const size = offsets.length - 1;
  const nothing = options.length;
  const newOffsets = new Uint32Array(size + 1);
  const newValues = new Uint8Array(values.length + size);
  let length = 0;
  for (let site = 0; site < size; site += 1) {
    for (let place = offsets[site]; place < offsets[site + 1]; place += 1)
      newValues[length++] = values[place];
    if (offsets[site] === offsets[site + 1]) newValues[length++] = nothing;
    newOffsets[site + 1] = length;
  }
  const facet = single(id, list, [...options, "not_said"], newValues.slice(0, length));
  return { ...facet, offsets: newOffsets };
}

/** @type {(table: import("./columns.js").Table, codes: any) => Uint8Array} */
function precisions(table, codes) {
  const values = new Uint8Array(table.size).fill(codes.location_of.length);
  values.set(table.precision);
  return values;
}
