/** Search over all names in all scripts: quick beginnings of words first, then near spellings, in short turns. */

import { fold, score } from "./fold.js";

const TURN_MS = 10;
const ENOUGH = 40;
const BEGINNING = 1;

/**
 * @typedef {object} Finds
 * @property {Uint8Array} found 1 for each site found.
 * @property {number[]} sites Best first.
 */

/**
 * @param {string} query
 * @param {ReturnType<typeof import("./data.js").openBlocks>} blocks
 * @param {any} meta
 * @param {() => boolean} isStale Tells that the reader has typed on.
 * @returns {Promise<Finds | null>} null when stale.
 */
export async function searchSites(query, blocks, meta, isStale) {
  const key = fold(query, meta.folding);
  const plain = query.normalize("NFC").toLocaleLowerCase().trim();
  const asked = key.split(" ").filter((part) => part !== "");
  /** @type {Map<number, number>} */
  const scores = new Map();
  const answersPlainly = (/** @type {any} */ block, /** @type {number} */ place) =>
    block.ids[place] === plain ||
    block.names[place].some((/** @type {[string, string]} */ [text]) =>
      text.toLocaleLowerCase().includes(plain),
    ) ||
    (asked.length > 0 &&
      block.keys[place].some((/** @type {string} */ one) =>
        asked.every((part) => ` ${one}`.includes(` ${part}`)),
      ));
  const complete = await eachSite(blocks, meta, isStale, (block, place, site) => {
    if (answersPlainly(block, place)) scores.set(site, BEGINNING);
  });
  if (!complete) return null;
  if (scores.size < ENOUGH && asked.length > 0) {
    const near = await eachSite(blocks, meta, isStale, (block, place, site) => {
      if (scores.has(site)) return;
      let best = 0;
      for (const one of block.keys[place]) best = Math.max(best, score(key, one, meta.folding));
      if (best >= meta.folding.match) scores.set(site, best * 0.9);
    });
    if (!near) return null;
  }
  const found = new Uint8Array(meta.counts.sites);
  for (const site of scores.keys()) found[site] = 1;
  const sites = [...scores].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([site]) => site);
  return { found, sites };
}

/**
 * Walks through all sites and lets the page breathe in between.
 * @type {(blocks: any, meta: any, isStale: () => boolean, visit: (block: any, place: number, site: number) => void) => Promise<boolean>}
 */
async function eachSite(blocks, meta, isStale, visit) {
  let turn = performance.now();
  for (let number = 0; number < blocks.count; number += 1) {
    const block = await blocks.nameBlock(number);
    for (let place = 0; place < block.ids.length; place += 1) {
      visit(block, place, number * meta.block_size + place);
      if (performance.now() - turn > TURN_MS) {
        await new Promise((resolve) => setTimeout(resolve));
        turn = performance.now();
      }
      if (isStale()) return false;
    }
  }
  return !isStale();
}
