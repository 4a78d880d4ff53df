/** Land, water, rivers and settlement names under the sites; no boundary of any kind. */

import { paneCanvas } from "./canvas.js";
import { radiusOf } from "./clusters.js";
import { COLUMN_ZOOM } from "./columns.js";

const LABEL_SIZES = [0, 14.5, 13.5, 13, 12.5, 12, 11.5, 11];
/** The zoom from which a settlement of each rank may be labelled. */
const FROM_ZOOM = [0, 0, 6.2, 7, 7.7, 8.6, 9.4, 10.2];
const OTHERS_FROM_ZOOM = 7.4;
/** From here on sites at a settlement lie apart from others, so its label makes room for their sign. */
const BESIDE_FROM_ZOOM = 9;
const CROWD_CELL = 64;
const PATH_UNITS = 65_536;

/**
 * @param {any} map
 * @param {any} app
 */
export function drawBasemap(map, app) {
  const data = app.meta.basemap;
  // Paths keep 24 bits of a number: seen from the region's middle that is exact enough at any zoom.
  const middle = data.bounds ? worldPoint((data.bounds[0] + data.bounds[2]) / 2, (data.bounds[1] + data.bounds[3]) / 2) : [0, 0];
  const land = shapes(data.land, data.scale, middle, true);
  const water = shapes(data.water, data.scale, middle, true);
  const rivers = shapes(data.rivers, data.scale, middle, false);
  const places = data.settlements.map((/** @type {any} */ place) => ({ ...place, at: worldPoint(place.lon, place.lat) }));
  const sea = data.bounds ? boxPath(data.bounds, middle) : null;
  const crowds = sitesByCell(app.table);
  /** @type {Map<string, number>} */
  const widths = new Map();
  let colours = readColours();

  const layer = paneCanvas(map, { name: "basemap", zIndex: 150, margin: 200, follow: false }, (context, view) => {
    if (!sea) return;
    const scale = 256 * 2 ** view.zoom;
    context.save();
    context.translate(middle[0] * scale - view.left, middle[1] * scale - view.top);
    context.scale(scale / PATH_UNITS, scale / PATH_UNITS);
    context.fillStyle = colours.water;
    context.fill(sea);
    context.fillStyle = colours.land;
    context.fill(land, "evenodd");
    context.fillStyle = colours.water;
    context.fill(water, "evenodd");
    context.strokeStyle = colours.shore;
    context.lineWidth = (0.8 * PATH_UNITS) / scale;
    context.stroke(land);
    context.stroke(water);
    if (view.zoom <= data.rivers_max_zoom) {
      context.strokeStyle = colours.river;
      context.lineWidth = PATH_UNITS / scale;
      context.stroke(rivers);
    }
    context.restore();
    drawLabels(context, view, scale);
  });

  /** @type {(context: CanvasRenderingContext2D, view: any, scale: number) => void} */
  function drawLabels(context, view, scale) {
    const { language } = app.words;
    /** @type {number[][]} */
    const taken = [];
    context.lineJoin = "round";
    context.textBaseline = "middle";
    context.textAlign = "left";
    for (const place of places) {
      if (view.zoom < FROM_ZOOM[place.rank]) break; // sorted by rank
      const x = place.at[0] * scale - view.left;
      const y = place.at[1] * scale - view.top;
      if (x < 0 || y < 0 || x > view.width || y > view.height) continue;
      const [own, others] = namesOnMap(place.names, language, app.meta.languages);
      const size = LABEL_SIZES[place.rank];
      const font = `${place.rank <= 3 ? 600 : 400} ${size}px system-ui, sans-serif`;
      const small = `${size - 2}px system-ui, sans-serif`;
      const second = view.zoom >= OTHERS_FROM_ZOOM ? others : "";
      const width = Math.max(measure(context, font, own), second ? measure(context, small, second) : 0);
      const gap = view.zoom < BESIDE_FROM_ZOOM ? 6 : 6 + roomForSign(place.at, crowds);
      const box = [x - 5, y - size * 0.75, x + gap + 2 + width, y + size * (second ? 1.85 : 0.75)];
      if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) continue;
      taken.push(box);
      context.beginPath();
      context.arc(x, y, place.rank <= 3 ? 2.2 : 1.7, 0, Math.PI * 2);
      context.fillStyle = colours.label;
      context.fill();
      writeLabel(context, font, own, x + gap, y, colours.label);
      if (second) writeLabel(context, small, second, x + gap, y + size * 1.1, colours.faint);
    }
  }

  /** @type {(context: CanvasRenderingContext2D, font: string, text: string, x: number, y: number, colour: string) => void} */
  function writeLabel(context, font, text, x, y, colour) {
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
    recolour() {
      colours = readColours();
      layer.draw();
    },
  };
}

/**
 * The reader's name and, beside it, the names in the registry's other languages where they are spelled differently.
 * @type {(names: Record<string, string>, language: string, languages: string[]) => [string, string]}
 */
function namesOnMap(names, language, languages) {
  const own = names[language] ?? names.und;
  const others = languages.filter((tag) => tag !== language && tag !== "en" && tag !== "ru" && names[tag]);
  return [own, [...new Set(others.map((tag) => names[tag]))].filter((text) => text !== own).join(" · ")];
}

/** How many sites lie in each small cell. @type {(table: import("./columns.js").Table) => Map<number, number>} */
function sitesByCell(table) {
  const crowds = new Map();
  for (let site = 0; site < table.located; site += 1) {
    const key = cellKey(table.x[site], table.y[site]);
    crowds.set(key, (crowds.get(key) ?? 0) + 1);
  }
  return crowds;
}

/** @type {(x: number, y: number) => number} */
function cellKey(x, y) {
  return Math.floor(x / CROWD_CELL) * 2 ** 20 + Math.floor(y / CROWD_CELL);
}

/** @type {(at: number[], crowds: Map<number, number>) => number} */
function roomForSign(at, crowds) {
  const world = 256 << COLUMN_ZOOM;
  const count = crowds.get(cellKey(at[0] * world, at[1] * world)) ?? 0;
  return count > 0 ? radiusOf(count) : 0;
}

/** @type {(lists: number[][], scale: number, middle: number[], closed: boolean) => Path2D} */
function shapes(lists, scale, middle, closed) {
  const path = new Path2D();
  for (const list of lists) {
    let [longitude, latitude] = [0, 0];
    for (let i = 0; i < list.length; i += 2) {
      longitude += list[i];
      latitude += list[i + 1];
      const [x, y] = fromMiddle(worldPoint(longitude / scale, latitude / scale), middle);
      if (i === 0) path.moveTo(x, y);
      else path.lineTo(x, y);
    }
    if (closed) path.closePath();
  }
  return path;
}

/** @type {(point: number[], middle: number[]) => [number, number]} */
function fromMiddle(point, middle) {
  return [(point[0] - middle[0]) * PATH_UNITS, (point[1] - middle[1]) * PATH_UNITS];
}

/** @type {(bounds: number[], middle: number[]) => Path2D} */
function boxPath([west, south, east, north], middle) {
  const [left, top] = fromMiddle(worldPoint(west, north), middle);
  const [right, bottom] = fromMiddle(worldPoint(east, south), middle);
  const path = new Path2D();
  path.rect(left, top, right - left, bottom - top);
  return path;
}

/** Web Mercator with the world as the unit square. @type {(longitude: number, latitude: number) => [number, number]} */
export function worldPoint(longitude, latitude) {
  const sine = Math.sin((latitude * Math.PI) / 180);
  return [(longitude + 180) / 360, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

/** @type {() => Record<string, string>} */
function readColours() {
  const style = getComputedStyle(document.documentElement);
  const names = { land: "land", water: "water", shore: "shore", river: "river", label: "map-label", faint: "map-label-faint" };
  return Object.fromEntries(Object.entries(names).map(([key, name]) => [key, style.getPropertyValue(`--${name}`).trim()]));
}
