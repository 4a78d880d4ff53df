/** The inert data of the page: small things at once, blocks of names, cards and sources when they are needed. */

import { byId } from "./dom.js";

/** @returns {any} What is known of the registry as a whole; docs/map-page.md lists it. */
export function readMeta() {
  return JSON.parse(byId("hr-meta").textContent ?? "");
}

/** Blocks stand after this script, so that a large page can be drawn while it is still being read. */
const wholePage = new Promise((resolve) => {
  if (document.readyState === "loading")
    document.addEventListener("DOMContentLoaded", resolve, { once: true });
  else resolve(null);
});

/** @param {string} id @returns {Promise<Uint8Array>} The bytes packed into an inert script. */
export async function unpack(id) {
  return plainBytes(byId(id).textContent ?? "");
}

/** A part beside the page that could not be read: the page has told so, and shows what it can. */
export class MissingPart extends Error {}

/** What comes of a promise, or nothing where a part is missing. @template T @param {Promise<T>} promise @returns {Promise<T | undefined>} */
export async function asFarAsThere(promise) {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof MissingPart) return undefined;
    throw error;
  }
}

/** @type {(packed: string) => Promise<Uint8Array>} */
async function plainBytes(packed) {
  const stream = new Blob([fromBase64(packed)]).stream();
  const plain = stream.pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

/**
 * Blocks by kind and number, each opened once.
 * @param {any} meta
 * @param {(isMissing: boolean) => void} tell Told whether the last part asked for could not be read.
 */
export function openBlocks(meta, tell) {
  /** @type {Map<string, Promise<any>>} */
  const opened = new Map();
  /** @type {Map<number, any>} */
  const namesAtHand = new Map();
  const size = meta.block_size;

  /** The bytes of a block in the page, or of a file beside it where a host serves a large map. */
  /** @type {(name: string) => Promise<Uint8Array>} */
  async function bytesOf(name) {
    if (meta.beside === null) return wholePage.then(() => unpack(`hr-${name}`));
    const address = `${meta.beside}/${name}.txt`;
    // No browser reads a file beside a page that lies on a disk.
    const answer = location.protocol === "file:" ? null : await fetch(address).catch(() => null);
    tell(!answer?.ok);
    if (!answer?.ok) throw new MissingPart(address);
    return plainBytes(await answer.text());
  }

  /** @type {(name: string) => Promise<any>} */
  function block(name) {
    let promise = opened.get(name);
    if (!promise) {
      promise = bytesOf(name).then((bytes) => JSON.parse(new TextDecoder().decode(bytes)));
      // What a host failed to give is asked for again.
      promise.catch(() => opened.delete(name));
      opened.set(name, promise);
    }
    return promise;
  }

  /** @type {(place: number) => Promise<any>} */
  async function nameBlock(place) {
    const names = await block(`names-${place}`);
    namesAtHand.set(place, names);
    return names;
  }

  return {
    count: Math.ceil(meta.counts.sites / size),
    /** Columns beside the first ones, and the labels of long lists: for more filters and orders of the list. */
    async more() {
      const [bytes, labels] = await Promise.all([bytesOf("more"), block("labels")]);
      return { bytes, labels };
    },
    nameBlock,
    /** The name block, if it has been opened. @param {number} site */
    namesNow(site) {
      const names = namesAtHand.get(Math.floor(site / size));
      return names ? namesOf(names, site % size) : null;
    },
    /** @param {number} site */
    async names(site) {
      return namesOf(await nameBlock(Math.floor(site / size)), site % size);
    },
    /** Opens what a list of sites needs. @param {Iterable<number>} sites */
    async ready(sites) {
      await Promise.all([...new Set([...sites].map((site) => Math.floor(site / size)))].map(nameBlock));
    },
    /** @param {number} site @returns {Promise<any>} */
    async card(site) {
      return (await block(`cards-${Math.floor(site / size)}`))[site % size];
    },
    /** @param {string} key @returns {Promise<any>} */
    async source(key) {
      const firsts = meta.source_block_first;
      let place = 0;
      while (place + 1 < firsts.length && firsts[place + 1] <= key) place += 1;
      return (await block(`sources-${place}`))[key];
    },
    /** 1 for each site of a list of ids. @param {string[]} ids */
    async marked(ids) {
      const wanted = new Set(ids);
      const marks = new Uint8Array(meta.counts.sites);
      for (let place = 0; place < this.count && wanted.size > 0; place += 1) {
        (await nameBlock(place)).ids.forEach((/** @type {string} */ id, /** @type {number} */ at) => {
          if (wanted.delete(id)) marks[place * size + at] = 1;
        });
      }
      return marks;
    },
    /** The number of the site with an id, or -1. @param {string} id */
    async find(id) {
      for (let place = 0; place < this.count; place += 1) {
        const found = (await nameBlock(place)).ids.indexOf(id);
        if (found >= 0) return place * size + found;
      }
      return -1;
    },
  };
}

/** @type {(block: any, place: number) => {id: string, names: [string, string][], places: string[]}} */
function namesOf(block, place) {
  return { id: block.ids[place], names: block.names[place], places: block.places[place] };
}

/** @type {(text: string) => Uint8Array<ArrayBuffer>} */
function fromBase64(text) {
  const withMethod = /** @type {any} */ (Uint8Array);
  if (withMethod.fromBase64) return withMethod.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
