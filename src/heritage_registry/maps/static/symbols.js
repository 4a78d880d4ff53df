/** The signs of the map: shape says what kind of place, colour what was seen, a ring that it is contested. */

import { el } from "./dom.js";

/**
 * Kinds of site that share a shape; whose site it is never changes the shape. A type not listed is "other".
 * @type {Record<string, string[]>}
 */
const TYPES_OF_SHAPE = {
  worship: ["chapel", "church", "monastery", "mosque", "prayer_house", "shrine", "synagogue", "temple"],
  burial: ["cemetery", "gravestone", "inscription", "khachkar", "mausoleum"],
  building: [
    "archive",
    "bathhouse",
    "bridge",
    "caravanserai",
    "cultural_centre",
    "house",
    "library",
    "madrasa",
    "manuscript_collection",
    "museum",
    "school",
    "spring",
    "theatre",
  ],
  fortress: ["fortress", "palace"],
  archaeology: ["archaeological_remains", "archaeological_site", "cave"],
  other: [],
};

export const SHAPES = Object.keys(TYPES_OF_SHAPE);

/** What a colour stands for: grades of condition, then states in time. The order is that of the codes. */
export const SHADES = [
  "no_visible_damage",
  "slight_damage",
  "moderate_damage",
  "severe_damage",
  "damaged",
  "destroyed",
  "disagree",
  "works_since",
  "undated",
  "in_part",
  "none",
  "state_undamaged",
  "state_unknown",
  "state_damaged",
  "state_undated",
];

/** Drawn as outlines with a quiet mark inside: they are no grades and must not look like one. */
const HOLLOW = new Set(["works_since", "undated", "in_part", "none", "state_undated"]);
const TAU = Math.PI * 2;

/** @typedef {{fills: string[], paper: string, ink: string, quiet: string, halo: string, accent: string}} Palette */

/** @param {string} type @returns {number} */
export function shapeOfType(type) {
  const place = SHAPES.findIndex((shape) => TYPES_OF_SHAPE[shape].includes(type));
  return place < 0 ? SHAPES.indexOf("other") : place;
}

/** The colours in force, which change between light and dark. @returns {Palette} */
export function readPalette() {
  const style = getComputedStyle(document.documentElement);
  const colour = (/** @type {string} */ name) => style.getPropertyValue(`--${name}`).trim();
  return {
    fills: SHADES.map((shade) => colour(`shade-${shade.replaceAll("_", "-")}`)),
    paper: colour("paper"),
    ink: colour("ink"),
    quiet: colour("quiet"),
    halo: colour("halo"),
    accent: colour("accent"),
  };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {{shape: number, shade: number, rough?: boolean, contested?: boolean}} sign
 * @param {Palette} palette
 */
export function drawSign(context, x, y, radius, sign, palette) {
  const shade = SHADES[sign.shade];
  const fill = palette.fills[sign.shade];
  const outline = shapePath(SHAPES[sign.shape], x, y, radius);
  context.lineJoin = "round";
  if (sign.contested) {
    context.beginPath();
    context.arc(x, y, radius + 4.5, 0, TAU);
    strokeWith(context, palette.halo, 3.6);
    strokeWith(context, palette.ink, 1.3);
  }
  context.lineWidth = 3.4;
  context.strokeStyle = palette.halo;
  context.stroke(outline);
  context.fillStyle = HOLLOW.has(shade) || sign.rough ? palette.paper : fill;
  context.fill(outline);
  if (sign.rough && !HOLLOW.has(shade)) {
    context.globalAlpha = 0.42;
    context.fillStyle = fill;
    context.fill(outline);
    context.globalAlpha = 1;
  }
  if (shade === "damaged" || shade === "disagree") hatch(context, outline, x, y, radius, palette.paper);
  if (HOLLOW.has(shade)) markInside(context, outline, shade, x, y, radius, fill);
  context.lineWidth = sign.rough ? 1.8 : 1.2;
  context.setLineDash(sign.rough ? [2.6, 1.9] : []);
  context.strokeStyle = sign.rough || HOLLOW.has(shade) ? fill : palette.halo;
  context.stroke(outline);
  context.setLineDash([]);
}

/**
 * A cluster: a ring that shows the mix of colours, and how many.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {ArrayLike<number>} mix How many of each shade.
 * @param {string} label
 * @param {Palette} palette
 */
export function drawCluster(context, x, y, radius, mix, label, palette) {
  const width = Math.max(4.5, radius * 0.3);
  disc(context, x, y, radius + 1.6, palette.halo);
  let total = 0;
  for (let shade = 0; shade < mix.length; shade += 1) total += mix[shade];
  let start = -Math.PI / 2;
  context.lineWidth = width;
  for (let shade = 0; shade < mix.length; shade += 1) {
    if (mix[shade] === 0) continue;
    const end = start + (mix[shade] / total) * TAU;
    context.beginPath();
    context.arc(x, y, radius - width / 2, start, end);
    context.strokeStyle = palette.fills[shade];
    context.stroke();
    start = end;
  }
  disc(context, x, y, radius - width, palette.paper);
  writeCount(context, x, y, label, palette);
}

/**
 * Sites recorded at one point: a card with their number and a strip of their colours.
 * @type {typeof drawCluster}
 */
export function drawGroup(context, x, y, radius, mix, label, palette) {
  const half = radius * 0.92;
  const strip = 4.5;
  const card = new Path2D();
  card.roundRect(x - half, y - half, half * 2, half * 2, 4);
  context.fillStyle = palette.paper;
  context.strokeStyle = palette.halo;
  context.lineWidth = 3.2;
  context.stroke(card);
  context.fill(card);
  context.save();
  context.clip(card);
  let total = 0;
  for (let shade = 0; shade < mix.length; shade += 1) total += mix[shade];
  let left = x - half;
  for (let shade = 0; shade < mix.length; shade += 1) {
    const width = (mix[shade] / total) * half * 2;
    context.fillStyle = palette.fills[shade];
    context.fillRect(left, y + half - strip, width + 0.5, strip);
    left += width;
  }
  context.restore();
  context.lineWidth = 1.2;
  context.strokeStyle = palette.quiet;
  context.stroke(card);
  writeCount(context, x, y - strip / 2, label, palette);
}

/**
 * A sign as a picture for lists and the legend. Its words stand beside it, so it is hidden from screen readers.
 * @param {number} size
 * @param {(context: CanvasRenderingContext2D, middle: number) => void} paint
 */
export function picture(size, paint) {
  const canvas = /** @type {HTMLCanvasElement} */ (el("canvas", { class: "sign", "aria-hidden": "true" }));
  const ratio = Math.max(2, window.devicePixelRatio || 1);
  canvas.width = canvas.height = Math.round(size * ratio);
  canvas.style.width = canvas.style.height = `${size}px`;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(ratio, ratio);
  paint(context, size / 2);
  return canvas;
}

/** @type {(shape: string, x: number, y: number, radius: number) => Path2D} */
function shapePath(shape, x, y, radius) {
  const path = new Path2D();
  if (shape === "worship") path.arc(x, y, radius, 0, TAU);
  else if (shape === "building")
    path.rect(x - radius * 0.86, y - radius * 0.86, radius * 1.72, radius * 1.72);
  else {
    const [corners, scale, turn] = {
      burial: [4, 1.22, 0],
      fortress: [5, 1.12, 0],
      archaeology: [3, 1.28, 0],
    }[shape] ?? [6, 1.06, TAU / 12];
    const middle = shape === "archaeology" ? y + radius * 0.18 : y;
    for (let corner = 0; corner < corners; corner += 1) {
      const angle = turn - TAU / 4 + (corner / corners) * TAU;
      path.lineTo(x + Math.cos(angle) * radius * scale, middle + Math.sin(angle) * radius * scale);
    }
    path.closePath();
  }
  return path;
}

/** @type {(context: CanvasRenderingContext2D, outline: Path2D, x: number, y: number, radius: number, colour: string) => void} */
function hatch(context, outline, x, y, radius, colour) {
  context.save();
  context.clip(outline);
  context.beginPath();
  for (let shift = -2 * radius; shift <= 2 * radius; shift += 4.2) {
    context.moveTo(x + shift - radius * 1.3, y + radius * 1.3);
    context.lineTo(x + shift + radius * 1.3, y - radius * 1.3);
  }
  context.lineWidth = 1.5;
  context.strokeStyle = colour;
  context.stroke();
  context.restore();
}

/** Lower half: parts graded; a dot: no date; upright lines: works since. @type {(context: CanvasRenderingContext2D, outline: Path2D, shade: string, x: number, y: number, radius: number, colour: string) => void} */
function markInside(context, outline, shade, x, y, radius, colour) {
  if (shade === "undated") disc(context, x, y, radius * 0.32, colour);
  if (shade !== "in_part" && shade !== "works_since") return;
  context.save();
  context.clip(outline);
  context.globalAlpha = 0.75;
  context.beginPath();
  if (shade === "in_part") context.rect(x - radius * 1.4, y, radius * 2.8, radius * 1.4);
  else
    for (const shift of [-0.5, 0, 0.5])
      context.rect(x + shift * radius - 0.7, y - radius * 1.4, 1.4, radius * 2.8);
  context.fillStyle = colour;
  context.fill();
  context.restore();
}

/** @type {(context: CanvasRenderingContext2D, x: number, y: number, radius: number, colour: string) => void} */
function disc(context, x, y, radius, colour) {
  context.beginPath();
  context.arc(x, y, radius, 0, TAU);
  context.fillStyle = colour;
  context.fill();
}

/** @type {(context: CanvasRenderingContext2D, colour: string, width: number) => void} */
function strokeWith(context, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
}

/** @type {(context: CanvasRenderingContext2D, x: number, y: number, label: string, palette: Palette) => void} */
function writeCount(context, x, y, label, palette) {
  context.font = `600 ${label.length > 4 ? 10 : 12}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = palette.ink;
  context.fillText(label, x, y + 0.5);
}
