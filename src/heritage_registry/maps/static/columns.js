/** One number per site and property, in typed arrays: no object per site. columns.py writes what is read here. */

/**
 * @typedef {object} Listed Several values per site: those of site i are values[offsets[i]] … values[offsets[i + 1]].
 * @property {Uint32Array} offsets
 * @property {Uint8Array} values
 */

/**
 * @typedef {object} Table
 * @property {number} size Sites.
 * @property {number} located The first so many have a place on the map.
 * @property {Int32Array} x Web Mercator pixels at zoom 14.
 * @property {Int32Array} y
 * @property {Uint16Array} uncertainty In units of 10 m; 0 is not said.
 * @property {Uint8Array} precision
 * @property {Uint8Array} condition
 * @property {Uint8Array} contested
 * @property {Uint8Array} lines
 * @property {Uint8Array} reports
 * @property {Listed} types
 * @property {Listed} communities
 * @property {{offsets: Uint32Array, days: Int32Array, values: Uint8Array} | null} states In time; null until loaded.
 */

export const FROM_EVER = -(2 ** 31);
export const COLUMN_ZOOM = 14;

const DTYPES = { u1: Uint8Array, u2: Uint16Array, i4: Int32Array };

/**
 * @param {Uint8Array} bytes
 * @param {[string, "u1" | "u2" | "i4", number][]} layout
 * @returns {Table}
 */
export function readTable(bytes, layout) {
  const column = readColumns(bytes, layout);
  return {
    size: column.condition.length,
    located: column.precision.length,
    x: fromPlanes(column.x_plane0, column.x_plane1, column.x_plane2),
    y: fromPlanes(column.y_plane0, column.y_plane1, column.y_plane2),
    uncertainty: column.uncertainty,
    precision: column.precision,
    condition: column.condition,
    contested: column.contested,
    lines: column.lines,
    reports: column.reports,
    types: { offsets: offsetsOf(column.type_count), values: column.types },
    communities: { offsets: offsetsOf(column.community_count), values: column.communities },
    states: null,
  };
}

/**
 * Columns by name, as columns.py lays them one after another.
 * @param {Uint8Array} bytes
 * @param {[string, "u1" | "u2" | "i4", number][]} layout
 * @returns {Record<string, any>}
 */
export function readColumns(bytes, layout) {
  /** @type {Record<string, any>} */
  const column = {};
  let start = 0;
  for (const [name, dtype, length] of layout) {
    const ArrayType = DTYPES[dtype];
    const end = start + length * ArrayType.BYTES_PER_ELEMENT;
    column[name] = new ArrayType(bytes.slice(start, end).buffer); // a copy: columns are not aligned
    start = end;
  }
  return column;
}

/** @type {(low: Uint8Array, middle: Uint8Array, high: Uint8Array) => Int32Array} */
function fromPlanes(low, middle, high) {
  const values = new Int32Array(low.length);
  let value = 0;
  for (let i = 0; i < low.length; i += 1) {
    const zigzag = low[i] | (middle[i] << 8) | (high[i] << 16);
    value += (zigzag >>> 1) ^ -(zigzag & 1);
    values[i] = value;
  }
  return values;
}

/** Where the values of each site begin. @param {Uint8Array | Uint16Array} counts @returns {Uint32Array} */
export function offsetsOf(counts) {
  const offsets = new Uint32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i += 1) offsets[i + 1] = offsets[i] + counts[i];
  return offsets;
}
