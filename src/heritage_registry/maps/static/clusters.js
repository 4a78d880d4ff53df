/** Clusters made for the view that is drawn: one pass over the sites into a grid, then a few hundred cells. */

import { COLUMN_ZOOM } from "./columns.js";

export const SIGN_RADIUS = 7.5;
const CELL = 46;
const GAP = 3;

/**
 * @typedef {object} View What a canvas shows: the world's pixel at its corner and its size, at a zoom.
 * @property {number} zoom
 * @property {number} left
 * @property {number} top
 * @property {number} width
 * @property {number} height
 */

/**
 * @typedef {object} Mark One thing drawn: a site, a group at one point, or a cluster.
 * @property {number} x On the canvas.
 * @property {number} y
 * @property {number} radius
 * @property {number} count
 * @property {number} first A site in it.
 * @property {boolean} onePoint
 * @property {Uint32Array} mix Sites of each shade.
 */

/**
 * @param {import("./columns.js").Table} table
 * @param {Uint8Array} visible
 * @param {Uint8Array} shade
 * @param {number} shades
 * @param {View} view
 * @returns {{marks: Mark[], members: (mark: Mark) => number[]}}
 */
export function clusterSites(table, visible, shade, shades, view) {
  const scale = 2 ** (view.zoom - COLUMN_ZOOM);
  const cell = CELL * 2 ** (COLUMN_ZOOM - Math.floor(view.zoom));
  const firstColumn = Math.floor(view.left / scale / cell);
  const firstRow = Math.floor(view.top / scale / cell);
  const columns = Math.floor((view.left + view.width) / scale / cell) - firstColumn + 1;
  const rows = Math.floor((view.top + view.height) / scale / cell) - firstRow + 1;
  const cells = columns * rows;
  const count = new Uint32Array(cells);
  const sumX = new Float64Array(cells);
  const sumY = new Float64Array(cells);
  const first = new Uint32Array(cells);
  const spread = new Uint8Array(cells);
  const mixes = new Uint32Array(cells * shades);
  const { x, y } = table;

  /** @type {(site: number) => number} */
  const cellOf = (site) => {
    const column = Math.floor(x[site] / cell) - firstColumn;
    const row = Math.floor(y[site] / cell) - firstRow;
    return column < 0 || row < 0 || column >= columns || row >= rows ? -1 : row * columns + column;
  };

  for (let site = 0; site < table.located; site += 1) {
    if (!visible[site]) continue;
    const place = cellOf(site);
    if (place < 0) continue;
    if (count[place] === 0) first[place] = site;
    else if (x[site] !== x[first[place]] || y[site] !== y[first[place]]) spread[place] = 1;
    count[place] += 1;
    sumX[place] += x[site];
    sumY[place] += y[site];
    mixes[place * shades + shade[site]] += 1;
  }

  /** @type {Map<number, Mark>} */
  const marks = new Map();
  const root = new Int32Array(cells).fill(-1);
  for (let place = 0; place < cells; place += 1) {
    if (count[place] === 0) continue;
    const mark = {
      x: (sumX[place] / count[place] + 0.5) * scale - view.left,
      y: (sumY[place] / count[place] + 0.5) * scale - view.top,
      radius: radiusOf(count[place]),
      count: count[place],
      first: first[place],
      onePoint: spread[place] === 0,
      mix: mixes.subarray(place * shades, (place + 1) * shades),
    };
    root[place] = place;
    marks.set(place, mark);
    joinNear(place, marks, root, columns, table);
  }
  for (let place = 0; place < cells; place += 1) root[place] = rootOf(place, root);

  /** @type {Map<Mark, number>} */
  const placeOf = new Map([...marks].map(([place, mark]) => [mark, place]));
  return {
    marks: [...marks.values()],
    members(mark) {
      const wanted = placeOf.get(mark);
      const found = [];
      for (let site = 0; site < table.located; site += 1) {
        if (!visible[site]) continue;
        const place = cellOf(site);
        if (place >= 0 && root[place] === wanted) found.push(site);
      }
      return found;
    },
  };
}

/**
 * Joins a new mark with those of neighbouring cells that it would lie upon.
 * @type {(place: number, marks: Map<number, Mark>, root: Int32Array, columns: number, table: import("./columns.js").Table) => void}
 */
function joinNear(place, marks, root, columns, table) {
  const column = place % columns;
  const before = [column > 0 ? place - 1 : -1, column > 0 ? place - columns - 1 : -1, place - columns];
  before.push(column < columns - 1 ? place - columns + 1 : -1);
  let own = place;
  for (const near of before) {
    if (near < 0 || root[near] < 0) continue;
    const other = rootOf(near, root);
    if (other === own) continue;
    const [a, b] = [/** @type {Mark} */ (marks.get(own)), /** @type {Mark} */ (marks.get(other))];
    if (Math.hypot(a.x - b.x, a.y - b.y) >= a.radius + b.radius + GAP) continue;
    absorb(b, a, table);
    marks.delete(own);
    root[own] = other;
    own = other;
  }
}

/** @type {(into: Mark, mark: Mark, table: import("./columns.js").Table) => void} */
function absorb(into, mark, table) {
  const total = into.count + mark.count;
  const apart = table.x[into.first] !== table.x[mark.first] || table.y[into.first] !== table.y[mark.first];
  into.onePoint = into.onePoint && mark.onePoint && !apart;
  into.x = (into.x * into.count + mark.x * mark.count) / total;
  into.y = (into.y * into.count + mark.y * mark.count) / total;
  into.count = total;
  into.radius = radiusOf(total);
  for (let shade = 0; shade < into.mix.length; shade += 1) into.mix[shade] += mark.mix[shade];
}

/** @type {(place: number, root: Int32Array) => number} */
function rootOf(place, root) {
  let found = place;
  while (found >= 0 && root[found] !== found) found = root[found];
  return found;
}

/** @type {(count: number) => number} */
function radiusOf(count) {
  return count === 1 ? SIGN_RADIUS : Math.min(25, 11 + 2.4 * Math.log2(count));
}
