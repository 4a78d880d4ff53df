/** Land, water and rivers under the sites; no boundary of any kind. */

import { paneCanvas } from "./canvas.js";

const PATH_UNITS = 65_536;

/**
 * @param {any} map
 * @param {any} app
 */
export function drawBasemap(map, app) {
  const data = app.meta.basemap;
  // Paths keep 24 bits of a number: seen from the region's middle that is exact enough at any zoom.
  const middle = data.bounds
    ? worldPoint((data.bounds[0] + data.bounds[2]) / 2, (data.bounds[1] + data.bounds[3]) / 2)
    : [0, 0];
  const land = shapes(data.land, data.scale, middle, true);
  const water = shapes(data.water, data.scale, middle, true);
  const rivers = shapes(data.rivers, data.scale, middle, false);
  const sea = data.bounds ? boxPath(data.bounds, middle) : null;
  let colours = readColours();

  const layer = paneCanvas(
    map,
    { name: "basemap", zIndex: 150, margin: 200, follow: false },
    (context, view) => {
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
    },
  );

  return {
    draw: layer.draw,
    recolour() {
      colours = readColours();
      layer.draw();
    },
  };
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

/** @returns {Record<string, string>} The map's own colours in force, light or dark. */
export function readColours() {
  const style = getComputedStyle(document.documentElement);
  const names = ["land", "water", "shore", "river", "map-label", "map-label-faint"];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}
