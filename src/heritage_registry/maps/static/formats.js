/** Files for other programs, made of sites as rows: CSV, GeoJSON (RFC 7946) and KML 2.2. */

import { middleOf } from "./site-facts.js";

/**
 * @typedef {object} Rights What travels with the data.
 * @property {string} title
 * @property {string} licence
 * @property {string} attribution
 * @property {string} digest SHA-256 of the records.
 */

/** @typedef {{facts: Record<string, any>, geometry: any}} Row */

const BYTE_ORDER_MARK = "\ufeff";
const FORMULA = /^[=+\-@\t\r]/;

/** Every format: how its file ends, its media type, and what makes it. */
export const FORMATS = [
  { name: "CSV", ending: "csv", media: "text/csv", make: csvText },
  { name: "GeoJSON", ending: "geojson", media: "application/geo+json", make: geojsonText },
  { name: "KML", ending: "kml", media: "application/vnd.google-earth.kml+xml", make: kmlText },
];

/** With a byte order mark, without which spreadsheets take Armenian letters for something else. */
/** @param {Row[]} rows @param {Rights} rights @returns {string} */
export function csvText(rows, rights) {
  const last = {
    licence: rights.licence,
    attribution: rights.attribution,
    records_sha256: rights.digest,
  };
  /** @type {Record<string, any>[]} */
  const lines = rows.map(({ facts, geometry }) => {
    const [longitude, latitude] = middleOf(geometry) ?? [null, null];
    return { ...facts, longitude, latitude, ...last };
  });
  const columns = Object.keys(lines[0] ?? { id: null });
  const table = [columns, ...lines.map((line) => columns.map((column) => line[column]))];
  return `${BYTE_ORDER_MARK}${table.map((cells) => cells.map(csvCell).join(",")).join("\r\n")}\r\n`;
}

/** Text that begins like a formula is quoted, or a spreadsheet would run it. @type {(value: any) => string} */
function csvCell(value) {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** @param {Row[]} rows @param {Rights} rights @returns {string} */
export function geojsonText(rows, rights) {
  const head = JSON.stringify({ type: "FeatureCollection", ...rights }).slice(0, -1);
  const features = rows.map(({ facts: { id, ...properties }, geometry }) =>
    JSON.stringify({ type: "Feature", id, geometry: wound(geometry), properties }),
  );
  return `${head},"features":[\n${features.join(",\n")}\n]}\n`;
}

/** Outer ring counter-clockwise, holes clockwise, as RFC 7946 has it. @type {(geometry: any) => any} */
function wound(geometry) {
  if (geometry?.type !== "Polygon") return geometry ?? null;
  const coordinates = geometry.coordinates.map(
    (/** @type {number[][]} */ ring, /** @type {number} */ place) =>
      signedArea(ring) > 0 === (place === 0) ? ring : [...ring].reverse(),
  );
  return { type: "Polygon", coordinates };
}

/** @type {(ring: number[][]) => number} */
function signedArea(ring) {
  let sum = 0;
  const [x, y] = ring[0]; // near the ring, where products are small and exact
  for (let i = 1; i < ring.length; i += 1) {
    const [before, at] = [ring[i - 1], ring[i]];
    sum += (before[0] - x) * (at[1] - y) - (at[0] - x) * (before[1] - y);
  }
  return sum;
}

/** @param {Row[]} rows @param {Rights} rights @returns {string} */
export function kmlText(rows, rights) {
  const about = `${rights.attribution} ${rights.licence}. SHA-256 ${rights.digest}`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<kml xmlns="http://www.opengis.net/kml/2.2">',
    `<Document><name>${xmlText(rights.title)}</name><description>${xmlText(about)}</description>`,
    ...rows.map(placemark),
    "</Document>",
    "</kml>",
    "",
  ].join("\n");
}

/** @type {(row: Row) => string} */
function placemark({ facts, geometry }) {
  const data = Object.entries(facts)
    .filter(([, value]) => value !== null)
    .map(([column, value]) => `<Data name="${column}"><value>${xmlText(String(value))}</value></Data>`);
  return [
    `<Placemark id="${facts.id}"><name>${xmlText(facts.name)}</name>`,
    `<ExtendedData>${data.join("")}</ExtendedData>`,
    kmlShape(geometry),
    "</Placemark>",
  ].join("");
}

/** @type {(geometry: any) => string} */
function kmlShape(geometry) {
  if (!geometry) return "";
  const { type, coordinates } = wound(geometry);
  const list = (/** @type {number[][]} */ line) =>
    `<coordinates>${line.map((at) => at.join(",")).join(" ")}</coordinates>`;
  if (type === "Point") return `<Point>${list([coordinates])}</Point>`;
  if (type === "LineString") return `<LineString>${list(coordinates)}</LineString>`;
  const rings = coordinates.map((/** @type {number[][]} */ ring, /** @type {number} */ place) => {
    const boundary = place === 0 ? "outerBoundaryIs" : "innerBoundaryIs";
    return `<${boundary}><LinearRing>${list(ring)}</LinearRing></${boundary}>`;
  });
  return `<Polygon>${rings.join("")}</Polygon>`;
}

/** Without signs that no XML may hold, whatever a name is made of. @type {(text: string) => string} */
function xmlText(text) {
  const signs = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, "")
    .replace(/[&<>"]/g, (sign) => signs[/** @type {keyof typeof signs} */ (sign)]);
}
