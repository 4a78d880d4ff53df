/** Settlement names: the reader's first and others beside it, placed where neither a sign nor another name is. */

import { readColours, worldPoint } from "./basemap.js";
import { paneCanvas } from "./canvas.js";
import { clusterSites } from "./clusters.js";
import { SHADES } from "./symbols.js";

const LABEL_SIZES = [0, 14.5, 13.5, 13, 12.5, 12, 11.5, 11];
/** The zoom from which a settlement of each rank may be named. */
const NAMED_FROM_ZOOM = [0, 0, 6.2, 7, 7.7, 8.6, 9.4, 10.2];
const OTHERS_FROM_ZOOM = 5.5;
const LABEL_GAP = 6;
/** Quarters of a town lie nearer than this to its name, which says enough. */
const APART = 26;

/** @typedef {[number, number, number, number]} Box Left, top, right, bottom. */

/**
 * @param {any} map
 * @param {any} app
 */
export function drawLabels(map, app) {
  const places = app.meta.basemap.settlements.map((/** @type {any} */ place) => ({
    ...place,
    at: worldPoint(place.lon, place.lat),
  }));
  /** @type {Map<string, number>} */
  const widths = new Map();
  let colours = readColours();

  const layer = paneCanvas(
    map,
    { name: "labels", zIndex: 160, margin: 200, follow: false },
    (context, view) => {
      const scale = 256 * 2 ** view.zoom;
      const { marks } = clusterSites(app.table, app.visible, app.shade, SHADES.length, view);
      /** @type {Box[]} */
      const taken = marks.map(({ x, y, radius }) => [x - radius, y - radius, x + radius, y + radius]);
      /** @type {[number, number][]} */
      const named = [];
      context.lineJoin = "round";
      context.textBaseline = "middle";
      context.textAlign = "left";
      for (const place of places) {
        if (view.zoom < NAMED_FROM_ZOOM[place.rank]) break; // sorted by rank
        const x = place.at[0] * scale - view.left;
        const y = place.at[1] * scale - view.top;
        if (x < 0 || y < 0 || x > view.width || y > view.height) continue;
        if (named.some((other) => Math.hypot(other[0] - x, other[1] - y) < APART)) continue;
        const box = drawPlace(context, place, x, y, marks, taken, view.zoom >= OTHERS_FROM_ZOOM);
        if (!box) continue;
        taken.push(box, [x - 3, y - 3, x + 3, y + 3]);
        named.push([x, y]);
      }
    },
  );

  /** @type {(context: CanvasRenderingContext2D, place: any, x: number, y: number, marks: any[], taken: Box[], withOthers: boolean) => Box | null} */
  function drawPlace(context, place, x, y, marks, taken, withOthers) {
    const [own, others] = namesOnMap(place.names, app.words.language, app.meta.languages);
    const size = LABEL_SIZES[place.rank];
    const font = `${place.rank <= 3 ? 600 : 400} ${size}px system-ui, sans-serif`;
    const small = `${size - 2}px system-ui, sans-serif`;
    const second = withOthers ? others : "";
    const width = Math.max(measure(context, font, own), second ? measure(context, small, second) : 0);
    const over = marks.findIndex((mark) => Math.hypot(mark.x - x, mark.y - y) < mark.radius + LABEL_GAP);
    const around = over < 0 ? { x, y, radius: 0 } : marks[over];
    const box = freeBox(around, width, size * (second ? 2.6 : 1.5), size, taken, over);
    if (!box || (over < 0 && taken.some((other) => isInside(x, y, other)))) return null;
    if (over < 0) {
      context.beginPath();
      context.arc(x, y, place.rank <= 3 ? 2.2 : 1.7, 0, Math.PI * 2);
      context.fillStyle = colours["map-label"];
      context.fill();
    }
    const line = box[1] + size * 0.75;
    write(context, font, own, box[0], line, colours["map-label"]);
    if (second) write(context, small, second, box[0], line + size * 1.1, colours["map-label-faint"]);
    return box;
  }

  /** @type {(context: CanvasRenderingContext2D, font: string, text: string, x: number, y: number, colour: string) => void} */
  function write(context, font, text, x, y, colour) {
    context.font = font;
    context.lineWidth = 3;
    context.strokeStyle = colours.land;
    context.strokeText(text, x, y);
    context.fillStyle = colour;
    context.fillText(text, x, y);
  }

  /** @type {(context: CanvasRenderingContext2D, font: string, text: string) => number} */
  function measure(context, font, text) {
    const key = font + text;
    let width = widths.get(key);
    if (width === undefined) {
      context.font = font;
      width = context.measureText(text).width;
      widths.set(key, width);
    }
    return width;
  }

  return {
    draw: layer.draw,
    soon: layer.soon,
    recolour() {
      colours = readColours();
      layer.draw();
    },
  };
}

/** @type {(x: number, y: number, box: Box) => boolean} */
function isInside(x, y, [left, top, right, bottom]) {
  return x >= left && x <= right && y >= top && y <= bottom;
}

/**
 * The first place around a point that is free: right, left, below, above.
 * @type {(around: {x: number, y: number, radius: number}, width: number, height: number, size: number, taken: Box[], own: number) => Box | null}
 */
function freeBox({ x, y, radius }, width, height, size, taken, own) {
  const gap = radius + LABEL_GAP;
  const top = y - size * 0.75;
  /** @type {[number, number][]} */
  const corners = [
    [x + gap, top],
    [x - gap - width, top],
    [x - width / 2, y + gap],
    [x - width / 2, y - gap - height],
  ];
  for (const [left, upper] of corners) {
    /** @type {Box} */
    const box = [left, upper, left + width, upper + height];
    const meets = taken.some(
      (other, place) =>
        place !== own &&
        box[0] < other[2] + 3 &&
        box[2] + 3 > other[0] &&
        box[1] < other[3] &&
        box[3] > other[1],
    );
    if (!meets) return box;
  }
  return null;
}

/**
 * The reader's name and, beside it, those in the registry's other languages where they are spelled differently.
 * @type {(names: Record<string, string>, language: string, languages: string[]) => [string, string]}
 */
function namesOnMap(names, language, languages) {
  const own = names[language] ?? names.und;
  const others = languages.filter((tag) => tag !== language && tag !== "en" && tag !== "ru" && names[tag]);
  return [own, [...new Set(others.map((tag) => names[tag]))].filter((text) => text !== own).join(" · ")];
}
