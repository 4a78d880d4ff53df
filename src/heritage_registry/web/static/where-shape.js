/** Shapes as the form keeps them: a point as latitude and longitude, a line or an area as GeoJSON text. */

/** @typedef {[number, number]} Spot Longitude and latitude in degrees. */
/** @typedef {"Point" | "LineString" | "Polygon"} Kind */
/**
 * @typedef {object} Shape
 * @property {Kind} kind
 * @property {Spot[]} corners Of an area those of its outer ring, the first not repeated.
 * @property {Spot[][]} holes Rings inside an area, kept as they are.
 */

const METRES_PER_DEGREE = 111_320;
const EARTH_M = 40_075_016.686;
const MOST_DECIMALS = 6;

/** @type {Record<Kind, number>} */
export const LEAST_CORNERS = { Point: 1, LineString: 2, Polygon: 3 };

/** @returns {Shape} */
export function nothing() {
  return { kind: "Point", corners: [], holes: [] };
}

/** @param {Shape} shape */
export function isWhole({ kind, corners }) {
  return corners.length >= LEAST_CORNERS[kind];
}

/** Reads GeoJSON as it is pasted, also inside a feature. @param {string} text @returns {Shape | null} */
export function readShape(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (value?.type === "FeatureCollection" && value.features?.length === 1) value = value.features[0];
  if (value?.type === "Feature") value = value.geometry;
  const { type, coordinates } = value ?? {};
  if (!Array.isArray(coordinates)) return null;
  if (type === "Point") return made("Point", [coordinates], []);
  if (type === "LineString") return made("LineString", coordinates, []);
  if (type === "Polygon" && coordinates.every(Array.isArray)) {
    const [outer = [], ...holes] = coordinates;
    return made("Polygon", opened(outer), holes);
  }
  return null;
}

/** @type {(kind: Kind, corners: any[], holes: any[][]) => Shape | null} */
function made(kind, corners, holes) {
  const areSpots = [corners, ...holes]
    .flat()
    .every((spot) => Array.isArray(spot) && spot.length >= 2 && spot.every(Number.isFinite));
  if (!areSpots || corners.some(([, latitude]) => Math.abs(latitude) > 89)) return null;
  const shape = { kind, corners: corners.map(([x, y]) => /** @type {Spot} */ ([x, y])), holes };
  return isWhole(shape) ? shape : null;
}

/** A ring without its last corner where that is the first. @type {(ring: any[]) => any[]} */
function opened(ring) {
  const [first, last] = [ring[0], ring.at(-1)];
  return ring.length > 1 && first[0] === last[0] && first[1] === last[1] ? ring.slice(0, -1) : ring;
}

/** What the form's field holds for a shape; nothing for one that has too few corners. @param {Shape} shape */
export function writeShape(shape) {
  const { kind, corners, holes } = shape;
  if (!isWhole(shape)) return "";
  if (kind === "Point") return pointText(corners[0]);
  const coordinates = kind === "Polygon" ? [[...corners, corners[0]], ...holes] : corners;
  return JSON.stringify({ type: kind, coordinates });
}

/** Latitude first, as people write it. @param {Spot} spot */
export function pointText([longitude, latitude]) {
  return `${latitude}, ${longitude}`;
}

/** Metres on the ground that one pixel is. @param {number} latitude @param {number} zoom */
export function metresPerPixel(latitude, zoom) {
  return (EARTH_M * Math.cos((latitude * Math.PI) / 180)) / (256 * 2 ** zoom);
}

/** A spot with no more decimals than a hand can mean at a zoom. @param {Spot} spot @param {number} zoom @returns {Spot} */
export function rounded([longitude, latitude], zoom) {
  const metres = metresPerPixel(latitude, zoom);
  const decimals = Math.min(MOST_DECIMALS, Math.max(1, Math.ceil(Math.log10(METRES_PER_DEGREE / metres))));
  return [Number(longitude.toFixed(decimals)), Number(latitude.toFixed(decimals))];
}

/** The zoom at which a radius around a point fills a part of the map. @param {number} latitude @param {number} metres */
export function zoomFor(latitude, metres) {
  return Math.min(14.5, Math.max(8, Math.log2(metresPerPixel(latitude, 0) / (metres / 70))));
}
