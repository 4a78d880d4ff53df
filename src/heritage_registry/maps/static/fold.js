/**
 * Finding a place by a name in any script: the same keys and scores as names.py, from the same folding.json.
 * test_names.py holds the two together.
 */

/**
 * @typedef {object} Folding The content of folding.json.
 * @property {number} match The least score that is a find.
 * @property {Record<string, string>} skeleton Letters left out or made one, so that they count half.
 * @property {Record<string, Record<string, string>>} characters By script: characters to Latin letters.
 * @property {Record<string, string>} spellings Latin spellings to one letter.
 * @property {Record<string, string[]>} generic Words by meaning that count for little.
 */

/**
 * @typedef {object} Prepared What is worked out of a table once.
 * @property {(text: string) => string} toLatin
 * @property {(text: string) => string} respell
 * @property {Map<string, string>} generic Folded generic words and their meaning.
 */

const PREFIX = 0.95;
const STEM = 0.97;
const SHORT = 3;
const MISSED_GENERIC = 0.02;

/** @type {WeakMap<Folding, Prepared>} */
const preparedTables = new WeakMap();

/**
 * The search key of a name: a-z, 0-9 and single blanks.
 * @param {string} text
 * @param {Folding} table
 * @returns {string}
 */
export function fold(text, table) {
  return foldWith(text, prepared(table));
}

/**
 * 0..1 for how well a name answers a query; from `table.match` up it is a find.
 * @param {string} key What `fold` gave for the query.
 * @param {string} foldedName What `fold` gave for the name.
 * @param {Folding} table
 * @returns {number}
 */
export function score(key, foldedName, table) {
  const { generic } = prepared(table);
  const asked = words(key);
  const named = words(foldedName);
  const askedMeanings = meanings(asked, generic);
  const namedMeanings = meanings(named, generic);
  const missed = [...askedMeanings].filter((meaning) => !namedMeanings.has(meaning)).length;
  const specific = asked.filter((word) => !generic.has(word));
  if (specific.length === 0) return askedMeanings.size > 0 && missed === 0 ? 1 : 0;
  const worst = Math.min(
    ...specific.map((word) => Math.max(0, ...named.map((other) => answers(word, other, generic, table)))),
  );
  const ownName = named.filter((word) => !generic.has(word)).join("");
  const found = Math.max(worst, close(specific.join(""), ownName, table));
  return found < table.match ? found : Math.max(table.match, found - MISSED_GENERIC * missed);
}

/**
 * What a generic word says (church, mosque), "" where it says nothing (the, of), else undefined.
 * @param {string} key
 * @param {Folding} table
 * @returns {string | undefined}
 */
export function genericMeaning(key, table) {
  return prepared(table).generic.get(key);
}

/** @type {(table: Folding) => Prepared} */
function prepared(table) {
  const known = preparedTables.get(table);
  if (known) return known;
  const single = Object.keys(table.spellings).filter((spelling) => spelling.length === 1);
  const made = {
    toLatin: replacer(Object.assign({}, ...Object.values(table.characters)), "[^a-z0-9 ]"),
    respell: replacer(table.spellings, `[${single.join("")}]`),
    generic: new Map(),
  };
  for (const [meaning, genericWords] of Object.entries(table.generic)) {
    for (const word of genericWords.flatMap((text) => words(foldWith(text, made)))) {
      made.generic.set(word, meaning);
    }
  }
  preparedTables.set(table, made);
  return made;
}

/**
 * Replaces the longest entries first, then characters of the class `singly`, or drops those.
 * @param {Record<string, string>} table
 * @param {string} singly
 * @returns {(text: string) => string}
 */
function replacer(table, singly) {
  const entries = new Map(Object.entries(table));
  const together = [...entries.keys()].filter((key) => key.length > 1).sort((a, b) => b.length - a.length);
  const pattern = new RegExp([...together, singly].join("|"), "gu");
  return (text) => text.replace(pattern, (found) => entries.get(found) ?? "");
}

/** @type {(text: string, made: Prepared) => string} */
function foldWith(text, made) {
  // A blank goes before, so that entries for the beginning of a word apply to the first one too.
  let key = made.toLatin(` ${text.normalize("NFKD").toLowerCase()}`);
  for (;;) {
    const shorter = made.respell(key).replace(/([a-z])\1+/g, "$1");
    if (shorter === key) return words(key).join(" ");
    key = shorter;
  }
}

/** @type {(key: string) => string[]} */
function words(key) {
  return key.split(" ").filter((word) => word !== "");
}

/** @type {(keys: string[], generic: Map<string, string>) => Set<string>} */
function meanings(keys, generic) {
  return new Set(keys.map((word) => generic.get(word) ?? "").filter((meaning) => meaning !== ""));
}

/** @type {(word: string, other: string, generic: Map<string, string>, table: Folding) => number} */
function answers(word, other, generic, table) {
  const near = generic.has(other) ? 0 : close(word, other, table);
  return other.startsWith(word) ? Math.max(near, PREFIX) : near;
}

/** @type {(a: string, b: string, table: Folding) => number} */
function close(a, b, table) {
  if (a === b) return a === "" ? 0 : 1;
  const [ours, theirs] = [stem(a, table), stem(b, table)];
  if (ours === theirs) return STEM;
  const longer = Math.max(ours.length, theirs.length);
  if (longer <= SHORT || (longer === SHORT + 1 && ours[0] !== theirs[0])) return 0;
  const edits = distance(ours, theirs) + distance(skeleton(ours, table), skeleton(theirs, table));
  return 1 - edits / 2 / longer;
}

/** @type {(key: string, table: Folding) => string} */
function stem(key, table) {
  return key.length > SHORT && table.skeleton[key[key.length - 1]] === "" ? key.slice(0, -1) : key;
}

/** @type {(key: string, table: Folding) => string} */
function skeleton(key, table) {
  return [...key].map((letter) => table.skeleton[letter] ?? letter).join("");
}

/**
 * The Levenshtein distance.
 * @type {(a: string, b: string) => number}
 */
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
