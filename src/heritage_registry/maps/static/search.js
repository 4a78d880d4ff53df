/** Search over all names in all scripts: quick beginnings of words first, then near spellings, in short turns. */

import { fold, score } from "./fold.js";
import { kindsIn } from "./kinds.js";

const TURN_MS = 10;
const ENOUGH = 40;

/** A name that holds the query comes before a place that does, that before words that only begin so. */
const IN_NAME = 1;
const WORD = 0.96;
const BEGINNING = 0.93;
const NEAR_SPELLING = 0.9;

/** A site of the kind asked for comes behind one that bears the word in its name. */
const OF_KIND = 0.98;

/**
 * @typedef {object} Finds
 * @property {Uint8Array} found 1 for each site found.
 * @property {number[]} sites Best first.
 * @property {string[]} kinds Kinds of site that the query names.
 */

/** @typedef {{plain: string, key: string, words: string[]}} Asked */

/**
 * Where a query names a kind of site, only sites of that kind answer, or those that bear it in their name.
 * @param {string} query
 * @param {any} app
 * @param {() => boolean} isStale Tells that the reader has typed on.
 * @returns {Promise<Finds | null>} null when stale.
 */
export async function searchSites(query, app, isStale) {
  const { meta } = app;
  const { kinds, rest } = kindsIn(query, app.kinds, meta);
  const isParted = kinds.size > 0 && rest !== "";
  // Near spellings of the rest are looked for below: once is slow enough with many sites.
  const whole = await sitesAnswering(askedWords(query, fold(query, meta.folding)), app, isStale, !isParted);
  const scores = whole && kinds.size > 0 ? await sitesOfKind(whole, kinds, rest, app, isStale) : whole;
  if (!scores) return null;
  const found = new Uint8Array(meta.counts.sites);
  for (const site of scores.keys()) found[site] = 1;
  const sites = [...scores].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([site]) => site);
  return { found, sites, kinds: [...kinds] };
}

/** @type {(text: string, key: string) => Asked} */
function askedWords(text, key) {
  const plain = text.normalize("NFC").toLocaleLowerCase().trim();
  return { plain, key, words: key.split(" ").filter((part) => part !== "") };
}

/**
 * The sites of a kind that answer to the rest of a query. Where there is none, the name may be right and the kind
 * another one: then names answer, and places do not.
 * @type {(whole: Map<number, number>, kinds: Set<string>, rest: string, app: any, isStale: () => boolean) => Promise<Map<number, number> | null>}
 */
async function sitesOfKind(whole, kinds, rest, app, isStale) {
  const { offsets, values } = app.table.types;
  const wanted = app.meta.codes.type.map((/** @type {string} */ id) => kinds.has(id));
  const isOfKind = (/** @type {number} */ site) =>
    values.subarray(offsets[site], offsets[site + 1]).some((/** @type {number} */ code) => wanted[code]);
  if (rest === "") {
    const scores = new Map(whole);
    for (let site = 0; site < app.table.size; site += 1)
      if (isOfKind(site)) scores.set(site, Math.max(OF_KIND, scores.get(site) ?? 0));
    return scores;
  }
  const answering = await sitesAnswering(askedWords(rest, rest), app, isStale, true);
  if (!answering) return null;
  for (const [site, found] of whole) answering.set(site, Math.max(found, answering.get(site) ?? 0));
  /** @type {Map<number, number>} */
  const fitting = new Map();
  /** @type {Map<number, number>} */
  const byName = new Map();
  const complete = await eachSite(app, isStale, (block, place, site) => {
    const answer = answering.get(site);
    if (answer === undefined) return;
    /** @type {string[]} */
    const names = block.names[place].map((/** @type {[string, string]} */ [text]) => text);
    const isCalledSo = (/** @type {string} */ name) =>
      [...kindsIn(name, app.kinds, app.meta).kinds].some((kind) => kinds.has(kind));
    if (isOfKind(site) || names.some(isCalledSo)) fitting.set(site, answer);
    const named = (/** @type {string} */ name) =>
      score(rest, fold(name, app.meta.folding), app.meta.folding);
    if (Math.max(...names.map(named)) >= app.meta.folding.match) byName.set(site, answer);
  });
  if (!complete) return null;
  return fitting.size > 0 ? fitting : byName;
}

/**
 * The sites that answer, and how well: those with a word beginning so first, then near spellings where few do.
 * @type {(asked: Asked, app: any, isStale: () => boolean, withNear: boolean) => Promise<Map<number, number> | null>}
 */
async function sitesAnswering({ plain, key, words }, app, isStale, withNear) {
  const { folding } = app.meta;
  /** @type {Map<number, number>} */
  const scores = new Map();
  const complete = await eachSite(app, isStale, (block, place, site) => {
    const found = answersPlainly(block, place, plain, words);
    if (found > 0) scores.set(site, found);
  });
  if (!complete) return null;
  if (!withNear || scores.size >= ENOUGH || words.length === 0) return scores;
  /** Places and many names are those of several sites. @type {Map<string, number>} */
  const known = new Map();
  const scoreOf = (/** @type {string} */ one) => {
    const found = known.get(one) ?? score(key, one, folding);
    known.set(one, found);
    return found;
  };
  const near = await eachSite(app, isStale, (block, place, site) => {
    if (scores.has(site)) return;
    let best = 0;
    for (const one of block.keys[place]) best = Math.max(best, scoreOf(one));
    if (best >= folding.match) scores.set(site, best * NEAR_SPELLING);
  });
  return near ? scores : null;
}

/** @type {(block: any, place: number, plain: string, words: string[]) => number} */
function answersPlainly(block, place, plain, words) {
  const inName = (/** @type {[string, string]} */ [text]) => text.toLocaleLowerCase().includes(plain);
  if (block.ids[place] === plain || block.names[place].some(inName)) return IN_NAME;
  if (words.length === 0) return 0;
  const keys = block.keys[place].filter((/** @type {string} */ one) =>
    words.every((part) => ` ${one}`.includes(` ${part}`)),
  );
  if (keys.length === 0) return 0;
  const isWhole = keys.some((/** @type {string} */ one) =>
    words.every((part) => ` ${one} `.includes(` ${part} `)),
  );
  return isWhole ? WORD : BEGINNING;
}

/**
 * Walks through all sites and lets the page breathe in between.
 * @type {(app: any, isStale: () => boolean, visit: (block: any, place: number, site: number) => void) => Promise<boolean>}
 */
async function eachSite({ blocks, meta }, isStale, visit) {
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
