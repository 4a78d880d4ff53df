/** The sources of a card: what they are, who speaks in them, where they can be read, what they repeat. */

import { cites, outsideLink, prose, section, sourceMaker, sourceTitle } from "./card-parts.js";
import { el, said } from "./dom.js";

/** @typedef {import("./card-parts.js").Desk} Desk */

/** @type {(desk: Desk) => HTMLElement | null} */
export function sourceSection(desk) {
  const keys = [...desk.numbers.keys()];
  for (const key of keys)
    for (const origin of desk.sources.get(key)?.derives_from ?? []) addNumber(desk, origin, keys);
  return section(desk, "sources", [
    el("ol", { class: "sources" }, ...keys.map((key) => oneSource(desk, key))),
  ]);
}

/** @type {(desk: Desk, key: string, keys: string[]) => void} */
function addNumber(desk, key, keys) {
  if (desk.numbers.has(key)) return;
  desk.numbers.set(key, desk.numbers.size + 1);
  keys.push(key); // the loop over keys goes on to it, and so to its own origins
}

/** @type {(desk: Desk, key: string) => HTMLElement} */
function oneSource(desk, key) {
  const { words } = desk;
  const source = desk.sources.get(key);
  const printed = [
    sourceMaker(source),
    source["container-title"],
    source.publisher,
    source.issued && words.date(source.issued),
  ];
  const nature = [
    words.label("source_kind", source.kind),
    words.label("affiliation", source.affiliation),
    `${words.word("party")}: ${words.label("party", source.party)}`,
  ];
  return el(
    "li",
    { id: `source-${desk.numbers.get(key)}`, tabindex: "-1", value: desk.numbers.get(key) },
    el("p", { class: "title" }, said(sourceTitle(source, key), source.language)),
    el(
      "p",
      {},
      said([...new Set(printed.filter((text) => text && text !== source.title))].join(", "), source.language),
    ),
    el("p", { class: "small" }, nature.join(" · ")),
    source.URL && el("p", { class: "small" }, outsideLink(source.URL)),
    source.read_at && el("p", { class: "small" }, words.word("read_at"), ": ", outsideLink(source.read_at)),
    source.accessed && el("p", { class: "small" }, words.word("accessed"), ": ", words.date(source.accessed)),
    source.version && el("p", { class: "small" }, words.word("version"), ": ", said(source.version)),
    source.access && el("p", { class: "small" }, words.word("access"), ": ", said(source.access)),
    source.note && el("p", { class: "small" }, said(source.note)),
    ...(source.notes ?? []).map((/** @type {any} */ note) => prose(desk, note.text)),
    ...(source.archived ?? []).map((/** @type {any} */ copy) =>
      el(
        "p",
        { class: "small" },
        words.word("archived", { date: words.date(copy.captured) }),
        ": ",
        outsideLink(copy.url),
        copy.sha256 && el("code", { class: "hash" }, `SHA-256 ${copy.sha256}`),
      ),
    ),
    (source.derives_from ?? []).length > 0 &&
      el(
        "p",
        { class: "small" },
        words.word("derives_from"),
        ": ",
        cites(
          desk,
          source.derives_from.map((/** @type {string} */ origin) => ({ source: origin })),
        ),
      ),
    el("p", { class: "small" }, el("code", {}, key)),
  );
}

/** Every source the card can name, with those they derive from. @type {(app: any, card: any) => Promise<Map<string, any>>} */
export async function citedSources(app, card) {
  const open = [...new Set(sourceKeys(card))];
  /** @type {Map<string, any>} */
  const found = new Map();
  while (open.length > 0) {
    const keys = open.splice(0).filter((key) => !found.has(key));
    const sources = await Promise.all(keys.map((key) => app.blocks.source(key)));
    keys.forEach((key, place) => found.set(key, sources[place]));
    for (const source of sources) open.push(...(source?.derives_from ?? []));
  }
  return found;
}

/** @type {(value: any) => string[]} */
function sourceKeys(value) {
  if (Array.isArray(value)) return value.flatMap(sourceKeys);
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    (name === "source" || name === "origin") && typeof inner === "string" ? [inner] : sourceKeys(inner),
  );
}
