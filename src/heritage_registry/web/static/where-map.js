/** The map beside the fields of a location: the ground of the public map, and on it what the form says. */

import { drawBasemap, readColours, worldPoint } from "./map/basemap.js";
import { paneCanvas } from "./map/canvas.js";
import { COLUMN_ZOOM } from "./map/columns.js";
import { drawLabels } from "./map/labels.js";
import { isWhole, metresPerPixel } from "./where-shape.js";

/** @typedef {import("./where-shape.js").Spot} Spot */
/** @typedef {{id: string, name: string, language: string, at: Spot, of: string, metres: number}} Held A site nearby. */
/** @typedef {{at: Spot, chosen: boolean}} Choice A settlement that a name may mean. */
/**
 * @typedef {object} Scene What the map shows of the form.
 * @property {import("./where-shape.js").Shape} shape
 * @property {boolean} isDrawing
 * @property {number} selected
 * @property {number} metres The radius of uncertainty; 0 where none is said.
 * @property {Spot | null} instead A point that may be meant.
 * @property {Choice[]} choices
 * @property {Held[]} held
 * @property {Spot | null} cross Where the keyboard is.
 */

const POINT_RADIUS = 7;
const CORNER_RADIUS = 5.5;
const MIDDLE_RADIUS = 3.5;
const HELD_RADIUS = 4.5;
const NAMED = 14;
const NAMED_FROM_ZOOM = 9.5;
const LONGEST_NAME = 34;
const NAME_GAP = 11;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/**
 * @param {HTMLElement} container
 * @param {any} basemap The base map's data.
 * @param {{region: number[], language: string, languages: string[], scene: () => Scene}} options
 */
export function formMap(container, basemap, { region, language, languages, scene }) {
  const isCoarse = matchMedia("(pointer: coarse)").matches;
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(container, {
    attributionControl: false,
    zoomControl: false,
    keyboard: false,
    boxZoom: false,
    doubleClickZoom: false,
    scrollWheelZoom: false,
    dragging: !isCoarse, // one finger scrolls the page, two move the map
    zoomSnap: 0.25,
    minZoom: 4,
    maxZoom: 18,
    maxBoundsViscosity: 0.6,
    zoomAnimation: !isCalm,
    inertia: !isCalm,
  });
  map.fitBounds([
    [region[1], region[0]],
    [region[3], region[2]],
  ]);
  L.control.scale({ imperial: false, position: "bottomleft", maxWidth: 90 }).addTo(map);

  // The labels of the public map keep clear of the signs of sites: those of the form's map are the sites nearby.
  const app = {
    meta: { basemap, languages },
    words: { language },
    table: { located: 0, x: new Int32Array(), y: new Int32Array() },
    visible: new Uint8Array(),
    shade: new Uint8Array(),
  };
  const ground = drawBasemap(map, app);
  const labels = drawLabels(map, app);
  let colours = ownColours();
  const layer = paneCanvas(map, { name: "where", zIndex: 460, margin: 60, follow: true }, paint);

  /** @type {(context: CanvasRenderingContext2D, view: import("./map/clusters.js").View) => void} */
  function paint(context, view) {
    const { shape, isDrawing, selected, metres, instead, choices, held, cross } = scene();
    const scale = 256 * 2 ** view.zoom;
    /** @type {(spot: Spot) => [number, number]} */
    const pixel = (spot) => {
      const [x, y] = worldPoint(...spot);
      return [x * scale - view.left, y * scale - view.top];
    };
    context.lineJoin = "round";
    drawHeld(context, held, pixel, view.zoom >= NAMED_FROM_ZOOM);
    const [first] = shape.corners;
    if (shape.kind === "Point" && first && metres > 0) {
      drawCircle(context, pixel(first), metres / metresPerPixel(first[1], view.zoom));
    }
    for (const [n, choice] of choices.entries())
      drawLetter(context, pixel(choice.at), LETTERS[n % 26], choice.chosen);
    if (instead) drawLetter(context, pixel(instead), "?", false);
    if (shape.kind === "Point" && first) drawPoint(context, pixel(first));
    else if (shape.kind !== "Point") drawShape(context, shape, pixel, selected, isDrawing, cross);
    if (cross) drawCross(context, pixel(cross));
  }

  /** @type {(context: CanvasRenderingContext2D, held: Held[], pixel: (spot: Spot) => [number, number], withNames: boolean) => void} */
  function drawHeld(context, held, pixel, withNames) {
    /** @type {[number, number, number, number][]} */
    const taken = [];
    /** @type {Map<string, Held[]>} */
    const groups = new Map();
    for (const site of held) {
      const key = site.at.join();
      groups.set(key, [...(groups.get(key) ?? []), site]);
    }
    for (const [site] of groups.values()) {
      const [x, y] = pixel(site.at);
      disc(context, x, y, withNames ? HELD_RADIUS : HELD_RADIUS - 1.5, colours.quiet, colours.halo, 1.2);
    }
    if (!withNames) return;
    context.font = "12px system-ui, sans-serif";
    context.textBaseline = "middle";
    // On the left, as settlements are named on the right where there is room.
    context.textAlign = "right";
    for (const [site, ...others] of [...groups.values()].slice(0, NAMED)) {
      const [x, y] = pixel(site.at);
      const short = site.name.length > LONGEST_NAME ? `${site.name.slice(0, LONGEST_NAME - 1)}…` : site.name;
      const name = others.length ? `${short} +${others.length}` : short;
      const width = context.measureText(name).width;
      /** @type {[number, number, number, number]} */
      const box = [x - NAME_GAP - width, y - 8, x - NAME_GAP, y + 8];
      if (
        taken.some(
          (other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1],
        )
      )
        continue;
      taken.push(box);
      context.lineWidth = 3.5;
      context.strokeStyle = colours.halo;
      context.strokeText(name, x - NAME_GAP, y);
      context.fillStyle = colours.ink;
      context.fillText(name, x - NAME_GAP, y);
    }
  }

  /** @type {(context: CanvasRenderingContext2D, at: [number, number], radius: number) => void} */
  function drawCircle(context, [x, y], radius) {
    if (radius < POINT_RADIUS + 2) return;
    context.beginPath();
    context.arc(x, y, radius, 0, Math.PI * 2);
    context.globalAlpha = 0.1;
    context.fillStyle = colours.accent;
    context.fill();
    context.globalAlpha = 0.8;
    context.lineWidth = 1.25;
    context.setLineDash([4, 4]);
    context.strokeStyle = colours.accent;
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  /** @type {(context: CanvasRenderingContext2D, at: [number, number]) => void} */
  function drawPoint(context, [x, y]) {
    disc(context, x, y, POINT_RADIUS, colours.accent, colours.halo, 3);
    disc(context, x, y, 2, colours.halo, colours.halo, 0);
  }

  /** @type {(context: CanvasRenderingContext2D, at: [number, number], letter: string, chosen: boolean) => void} */
  function drawLetter(context, [x, y], letter, chosen) {
    disc(
      context,
      x,
      y,
      11,
      chosen ? colours.accent : colours.paper,
      chosen ? colours.halo : colours.accent,
      2,
    );
    context.font = "600 12px system-ui, sans-serif";
    context.textBaseline = "middle";
    context.textAlign = "center";
    context.fillStyle = chosen ? colours.halo : colours.accent;
    context.fillText(letter, x, y + 0.5);
  }

  /** @type {(context: CanvasRenderingContext2D, shape: import("./where-shape.js").Shape, pixel: (spot: Spot) => [number, number], selected: number, isDrawing: boolean, cross: Spot | null) => void} */
  function drawShape(context, shape, pixel, selected, isDrawing, cross) {
    const isArea = shape.kind === "Polygon";
    const corners = shape.corners.map(pixel);
    context.beginPath();
    for (const [x, y] of corners) context.lineTo(x, y);
    if (isArea && !isDrawing) context.closePath();
    for (const ring of shape.holes) {
      for (const [n, spot] of ring.entries())
        n ? context.lineTo(...pixel(spot)) : context.moveTo(...pixel(spot));
    }
    if (isArea && isWhole(shape)) {
      context.globalAlpha = 0.14;
      context.fillStyle = colours.accent;
      context.fill("evenodd");
      context.globalAlpha = 1;
    }
    for (const [width, colour] of [
      [5, colours.halo],
      [2, colours.accent],
    ]) {
      context.lineWidth = /** @type {number} */ (width);
      context.strokeStyle = /** @type {string} */ (colour);
      context.stroke();
    }
    if (isDrawing && corners.length) {
      const ends = [cross ? pixel(cross) : null, isArea && corners.length > 2 ? corners[0] : null];
      context.setLineDash([3, 5]);
      context.beginPath();
      for (const end of ends) {
        if (!end) continue;
        context.moveTo(...corners[corners.length - 1]);
        context.lineTo(...end);
      }
      context.stroke();
      context.setLineDash([]);
    }
    if (!isDrawing) {
      for (const [x, y] of middles(shape).map(pixel))
        disc(context, x, y, MIDDLE_RADIUS, colours.paper, colours.accent, 1.25);
    }
    for (const [n, [x, y]] of corners.entries()) {
      const isChosen = n === selected;
      disc(
        context,
        x,
        y,
        isChosen ? CORNER_RADIUS + 1.5 : CORNER_RADIUS,
        isChosen ? colours.accent : colours.paper,
        isChosen ? colours.halo : colours.accent,
        2,
      );
    }
  }

  /** @type {(context: CanvasRenderingContext2D, at: [number, number]) => void} */
  function drawCross(context, [x, y]) {
    for (const [width, colour] of [
      [4, colours.halo],
      [1.5, colours.ink],
    ]) {
      context.beginPath();
      for (const [dx, dy] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ]) {
        context.moveTo(x + dx * 4, y + dy * 4);
        context.lineTo(x + dx * 13, y + dy * 13);
      }
      context.lineWidth = /** @type {number} */ (width);
      context.strokeStyle = /** @type {string} */ (colour);
      context.stroke();
    }
  }

  const recolour = () => {
    colours = ownColours();
    ground.recolour();
    labels.recolour();
    layer.draw();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
  ground.draw();
  labels.draw();
  layer.draw();

  return {
    map,
    isCoarse,
    draw: layer.soon,
    /** Tells the labels which sites to keep clear of. @param {Held[]} held */
    keepClear(held) {
      const world = 256 * 2 ** COLUMN_ZOOM;
      const at = held.map((site) => worldPoint(...site.at));
      app.table = {
        located: held.length,
        x: Int32Array.from(at, ([x]) => x * world),
        y: Int32Array.from(at, ([, y]) => y * world),
      };
      app.visible = new Uint8Array(held.length).fill(1);
      app.shade = new Uint8Array(held.length);
      labels.soon();
    },
    /** @param {Spot} spot @param {number} [zoom] */
    show([longitude, latitude], zoom) {
      const isSeen = map.getBounds().pad(-0.15).contains([latitude, longitude]);
      if (!isSeen || zoom)
        map.setView([latitude, longitude], zoom ?? Math.max(map.getZoom(), 11), { animate: false });
    },
    /** @param {Spot[]} spots @param {number} maxZoom */
    showAll(spots, maxZoom) {
      const bounds = L.latLngBounds(spots.map(([x, y]) => [y, x]));
      if (bounds.isValid()) map.fitBounds(bounds.pad(0.25), { maxZoom, animate: false });
    },
  };
}

/** Halfway between one corner and the next. @param {import("./where-shape.js").Shape} shape @returns {Spot[]} */
export function middles({ kind, corners }) {
  const ends = kind === "Polygon" ? [...corners.slice(1), corners[0]] : corners.slice(1);
  return ends.map(([x, y], n) => [(corners[n][0] + x) / 2, (corners[n][1] + y) / 2]);
}

/** @type {(context: CanvasRenderingContext2D, x: number, y: number, radius: number, fill: string, edge: string, width: number) => void} */
function disc(context, x, y, radius, fill, edge, width) {
  context.beginPath();
  context.arc(x, y, radius, 0, Math.PI * 2);
  if (width) {
    context.lineWidth = width * 2;
    context.strokeStyle = edge;
    context.stroke();
  }
  context.fillStyle = fill;
  context.fill();
}

/** @returns {Record<string, string>} */
function ownColours() {
  const style = getComputedStyle(document.documentElement);
  const names = ["accent", "ink", "quiet", "paper", "halo"];
  return {
    ...readColours(),
    ...Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])),
  };
}
