/** What a reader filters by: facets of the first columns, further ones once asked for, a list of ids, a search. */

import { applyFilters, makeFacets, makeMoreFacets } from "./filters.js";

/**
 * @param {any} meta
 * @param {import("./columns.js").Table} table
 * @param {ReturnType<typeof import("./data.js").openBlocks>} blocks
 */
export function makeFiltering(meta, table, blocks) {
  const facets = makeFacets(table, meta.codes);
  const fails = new Uint8Array(table.size);
  /** @type {Promise<void> | null} */
  let loading = null;

  const filtering = {
    /** Grows when more filters are loaded. */
    facets,
    fails,
    /** Ids of all filters, also of those not loaded. @type {string[]} */
    ids: [...facets.map(({ id }) => id), ...meta.facets.map((/** @type {any} */ { id }) => id)],
    /** The only sites to show, where an address lists them. @type {{ids: string[], marks: Uint8Array} | null} */
    only: null,
    /** Day each site was last seen, and 1 where that is only the beginning of an open time; null until loaded. */
    /** @type {{day: Int32Array, open: Uint8Array} | null} */
    seen: null,

    /** Loads what further filters, orders and the time control need, once. */
    loadMore() {
      loading ??= blocks.more().then((more) => {
        const made = makeMoreFacets(meta, more);
        facets.push(...made.facets);
        table.states = made.states;
        filtering.seen = { day: made.seenDay, open: made.seenOpen };
      });
      return loading;
    },

    /** @param {Uint8Array | null} found @param {Uint8Array} visible @returns {number} */
    apply: (found, visible) => applyFilters(facets, [found, filtering.only?.marks ?? null], visible, fails),

    /** @returns {Record<string, string[]>} */
    chosen: () => Object.fromEntries(facets.map(({ id, chosen }) => [id, [...chosen]])),

    /** Chooses what an address asks for, as far as it exists. @param {Record<string, string[]>} chosen @param {string[]} [only] */
    async restore(chosen, only) {
      if (meta.facets.some((/** @type {any} */ { id }) => id in chosen)) await filtering.loadMore();
      for (const facet of facets) {
        const options = new Set(facet.options);
        facet.chosen = new Set((chosen[facet.id] ?? []).filter((id) => options.has(id)));
      }
      filtering.only = only ? { ids: only, marks: await blocks.marked(only) } : null;
    },

    clear() {
      for (const facet of facets) facet.chosen.clear();
      filtering.only = null;
    },
  };
  return filtering;
}
