/** One site as a row for other programs: the columns of table.py, worded as there, and where to read more. */

/** @typedef {import("./card-parts.js").Desk} Desk */

/** A rounding that no coordinate of a record feels: about 0.1 m. */
const DECIMALS = 6;

/**
 * Columns and values in order; null where nothing is said.
 * @param {any} app
 * @param {any} card
 * @param {Map<string, any>} sources Every source the card cites.
 * @returns {Record<string, any>}
 */
export function siteFacts(app, card, sources) {
  const { properties, derived } = card;
  const { words, meta } = app;
  const names = namesFor(properties.names, words.language);
  const types = [...new Set(properties.types.map((/** @type {any} */ one) => one.type))];
  const grades = derived.condition?.grades ?? [];
  const location = preferredLocation(properties);
  const keys = citedKeys(properties);
  return {
    id: card.id,
    name: names[0].text,
    name_language: names[0].language,
    names: joinedTexts(properties.names.map(textOf)),
    types: joinedTexts(types),
    type_labels: joinedTexts(types.map((type) => words.label("site_type", type))),
    communities: joinedTexts(communitiesOf(properties, "asserts")),
    communities_denied: joinedTexts(communitiesOf(properties, "denies")),
    places: joinedTexts((properties.places ?? []).flatMap((/** @type {any} */ one) => one.names.map(textOf))),
    standing: derived.standing,
    standing_label: standingLabel(app, derived.standing),
    condition: joinedTexts(grades),
    condition_label: joinedTexts(
      grades.map((/** @type {string} */ grade) => words.label("condition", grade)),
    ),
    condition_seen: daySeen(card),
    condition_reports: joinedTexts(derived.condition?.reports ?? []),
    last_seen_undamaged: derived.bracket?.last_undamaged ?? null,
    first_seen_damaged: derived.bracket?.first_damaged ?? null,
    contested: derived.disagreements.length > 0,
    contested_elements: joinedTexts(
      derived.disagreements.map((/** @type {any} */ one) => one.element ?? one.kind),
    ),
    reports: (properties.reports ?? []).length,
    independent_lines: derived.lines.length,
    sources: joinedTexts(keys),
    location_of: location?.of ?? null,
    uncertainty_m: location?.uncertainty_m ?? null,
    sensitivity: properties.sensitivity ?? "open",
    ...namesByLanguage(properties.names, meta.languages),
    source_titles: joinedTexts(keys.map((key) => sources.get(key)?.title ?? key)),
    source_addresses: joinedTexts(
      keys.map((key) => sources.get(key)?.URL ?? sources.get(key)?.read_at ?? ""),
    ),
  };
}

/** Names with those in a language first, then its other scripts, else in the order of the record. */
/** @param {{text: string, language: string}[]} names @param {string} language */
export function namesFor(names, language) {
  const base = (/** @type {string} */ tag) => tag.split("-")[0];
  const rank = (/** @type {string} */ tag) => (tag === language ? 0 : base(tag) === base(language) ? 1 : 2);
  return [...names].sort((a, b) => rank(a.language) - rank(b.language));
}

/** Longitude and latitude of a point, or of a point within a shape; null where there is no shape. */
/** @param {any} geometry @returns {[number, number] | null} */
export function middleOf(geometry) {
  if (!geometry) return null;
  const { type, coordinates } = geometry;
  const point =
    type === "Point"
      ? coordinates
      : type === "LineString"
        ? nearestVertex(coordinates)
        : widestInside(coordinates);
  return [round(point[0]), round(point[1])];
}

/** What a reader sees for a site's standing: a grade, or why none is shown. @param {any} app @param {string} standing */
export function standingLabel({ meta, words }, standing) {
  const isGrade = meta.vocabularies.condition.some((/** @type {any} */ term) => term.id === standing);
  return words.label(isGrade ? "condition" : "standing", standing);
}

/** The location the map shows. @param {any} properties */
export function preferredLocation(properties) {
  return (properties.locations ?? []).find((/** @type {any} */ one) => one.standing === "preferred");
}

/** @type {(properties: any) => string[]} */
function citedKeys(properties) {
  const found = new Set();
  const visit = (/** @type {any} */ value) => {
    if (value === null || typeof value !== "object") return;
    for (const [name, inner] of Object.entries(value)) {
      if (name === "citations") for (const citation of inner) found.add(citation.source);
      else visit(inner);
    }
  };
  visit(properties);
  return [...found].sort();
}

/** The day by which the condition had been seen; a state seen at some time after a day has none. */
/** @type {(card: any) => string | null} */
function daySeen({ properties, derived }) {
  const { condition } = derived;
  if (!condition) return null;
  const isDated = (/** @type {any} */ report) =>
    report.condition === "no_visible_damage" ||
    report.published === condition.day ||
    !/\/(\.\.)?$/.test(report.observed ?? "");
  const isSettled =
    condition.settled ||
    properties.reports.some(
      (/** @type {any} */ report) => condition.reports.includes(report.id) && isDated(report),
    );
  return isSettled ? condition.day : null;
}

/** @type {(properties: any, stance: string) => string[]} */
function communitiesOf(properties, stance) {
  return (properties.attributions ?? [])
    .filter((/** @type {any} */ one) => one.stance === stance)
    .map((/** @type {any} */ one) => one.community);
}

/** @type {(names: any[], languages: string[]) => Record<string, string | null>} */
function namesByLanguage(names, languages) {
  return Object.fromEntries(
    languages.map((tag) => [
      `names_${tag}`,
      joinedTexts(names.filter(({ language }) => language.split("-")[0] === tag).map(textOf)),
    ]),
  );
}

/** @type {(texts: any[]) => string | null} */
function joinedTexts(texts) {
  return [...new Set(texts)].filter(Boolean).join("; ") || null;
}

/** @type {(name: {text: string}) => string} */
function textOf({ text }) {
  return text;
}

/** @type {(value: number) => number} */
function round(value) {
  return Number(value.toFixed(DECIMALS));
}

/** The inner vertex of a line that is nearest to its centre. @type {(line: number[][]) => number[]} */
function nearestVertex(line) {
  let length = 0;
  const sum = [0, 0];
  for (let i = 1; i < line.length; i += 1) {
    const [a, b] = [line[i - 1], line[i]];
    const piece = Math.hypot(b[0] - a[0], b[1] - a[1]);
    length += piece;
    for (const axis of [0, 1]) sum[axis] += (piece * (a[axis] + b[axis])) / 2;
  }
  const centre = length > 0 ? sum.map((value) => value / length) : line[0];
  const inner = line.length > 2 ? line.slice(1, -1) : line;
  const distance = (/** @type {number[]} */ at) => Math.hypot(at[0] - centre[0], at[1] - centre[1]);
  return inner.reduce((best, at) => (distance(at) < distance(best) ? at : best));
}

/** The middle of the widest part of a polygon on a level halfway up, between the heights of its corners. */
/** @type {(rings: number[][][]) => number[]} */
function widestInside(rings) {
  const heights = rings.flat().map((at) => at[1]);
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  const middle = (low + high) / 2;
  const below = Math.max(...heights.filter((y) => y <= middle));
  const above = Math.min(...heights.filter((y) => y > middle), high);
  const level = (below + above) / 2;
  const crossings = rings.flatMap((ring) => crossingsAt(ring, level)).sort((a, b) => a - b);
  let best = [rings[0][0][0], rings[0][0][0]];
  for (let i = 0; i + 1 < crossings.length; i += 2) {
    if (crossings[i + 1] - crossings[i] > best[1] - best[0]) best = [crossings[i], crossings[i + 1]];
  }
  return [(best[0] + best[1]) / 2, level];
}

/** @type {(ring: number[][], level: number) => number[]} */
function crossingsAt(ring, level) {
  const found = [];
  for (let i = 1; i < ring.length; i += 1) {
    const [[x0, y0], [x1, y1]] = [ring[i - 1], ring[i]];
    if (y0 <= level !== y1 <= level) found.push(x0 + ((level - y0) / (y1 - y0)) * (x1 - x0));
  }
  return found;
}
