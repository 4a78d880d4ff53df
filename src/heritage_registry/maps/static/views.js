/** What part of the map is in sight, and how it is brought there. */

import { COLUMN_ZOOM } from "./columns.js";
import { byId } from "./dom.js";

const CLOSE_ZOOM = 12;

/** Pixels kept free around the sites, and below them where the legend is open. */
const MARGIN = 40;
const LEGEND_ROOM = 300;

/** A map narrower than this is that of a phone. */
const NARROW = 600;

/**
 * @param {any} map Leaflet's.
 * @param {any} app
 * @param {MediaQueryList} calm
 */
export function mapViews(map, app, calm) {
  const { table, meta } = app;

  /** @type {() => number[]} */
  function sitesInView() {
    const bounds = map.getPixelBounds();
    const scale = 2 ** (COLUMN_ZOOM - map.getZoom());
    const [left, top, right, bottom] = [bounds.min.x, bounds.min.y, bounds.max.x, bounds.max.y].map(
      (edge) => edge * scale,
    );
    const sites = [];
    for (let site = 0; site < table.located; site += 1) {
      if (
        app.visible[site] &&
        table.x[site] >= left &&
        table.x[site] <= right &&
        table.y[site] >= top &&
        table.y[site] <= bottom
      )
        sites.push(site);
    }
    return sites;
  }

  /** @type {(site: number) => void} */
  function bringIntoView(site) {
    const place = map.unproject([table.x[site] + 0.5, table.y[site] + 0.5], COLUMN_ZOOM);
    const zoom = Math.max(map.getZoom(), app.rough(site) ? CLOSE_ZOOM - 1 : CLOSE_ZOOM);
    const size = map.getSize();
    const card = byId("card").getBoundingClientRect();
    const isSheet = card.width >= size.x - 1;
    const shift = isSheet ? [0, card.height / 2] : [Math.min(card.width, size.x) / 2, 0];
    const target = map.unproject(map.project(place, zoom).add(shift), zoom);
    map.setView(target, zoom, { animate: !calm.matches });
  }

  /** All located sites, or the region where there is none, clear of the legend that lies over the map. */
  function showRegion() {
    const legend = /** @type {HTMLDetailsElement} */ (byId("legend"));
    const below = legend.open ? Math.min(LEGEND_ROOM, map.getSize().y * 0.4) : MARGIN;
    const bounds = boundsOfSites() ?? boundsOfRegion();
    const zoom = map.getBoundsZoom(bounds, false, L.point(2 * MARGIN, MARGIN + below));
    const [start, end] = [bounds.getNorthWest(), bounds.getSouthEast()].map((corner) => map.project(corner, zoom));
    const middle = start.add(end).divideBy(2).add([0, (below - MARGIN) / 2]);
    map.setView(map.unproject(onGround(middle, zoom), zoom), zoom, { animate: !calm.matches });
  }

  /**
   * The middle of a view so that no edge of the base map is in it, where the base map is large enough.
   * @type {(middle: any, zoom: number) => any}
   */
  function onGround(middle, zoom) {
    const ground = meta.basemap.bounds;
    if (!ground) return middle;
    const half = map.getSize().divideBy(2);
    const start = map.project([ground[3], ground[0]], zoom).add(half);
    const end = map.project([ground[1], ground[2]], zoom).subtract(half);
    return L.point(
      start.x < end.x ? Math.min(Math.max(middle.x, start.x), end.x) : middle.x,
      start.y < end.y ? Math.min(Math.max(middle.y, start.y), end.y) : middle.y,
    );
  }

  /**
   * What is shown first. A narrow page would show all sites as a strip of the base map between two empty bands:
   * there the map fills the page around the middle of the sites, and the button shows all.
   */
  function showStart() {
    const size = map.getSize();
    const ground = meta.basemap.bounds;
    if (size.x >= NARROW || !ground || table.located === 0) return showRegion();
    const bounds = L.latLngBounds([ground[1], ground[0]], [ground[3], ground[2]]);
    const least = map.getBoundsZoom(bounds, true);
    const zoom = Math.max(least, map.getBoundsZoom(boundsOfSites(), false, L.point(MARGIN, MARGIN)));
    const middle = map.project(map.unproject([median(table.x), median(table.y)], COLUMN_ZOOM), zoom);
    map.setView(map.unproject(onGround(middle, zoom), zoom), zoom, { animate: false });
  }

  /** @type {(values: Int32Array | Uint32Array | Float64Array) => number} */
  function median(values) {
    return values.slice(0, table.located).sort()[Math.floor(table.located / 2)];
  }

  function boundsOfRegion() {
    const [west, south, east, north] = meta.region.bbox;
    return L.latLngBounds([
      [south, west],
      [north, east],
    ]);
  }

  function boundsOfSites() {
    if (table.located === 0) return null;
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let site = 0; site < table.located; site += 1) {
      left = Math.min(left, table.x[site]);
      right = Math.max(right, table.x[site]);
      top = Math.min(top, table.y[site]);
      bottom = Math.max(bottom, table.y[site]);
    }
    return L.latLngBounds(map.unproject([left, bottom], COLUMN_ZOOM), map.unproject([right, top], COLUMN_ZOOM));
  }

  /** Goes where all of some sites are seen apart. @param {number[]} sites */
  function showSites(sites) {
    const corners = sites.map((site) => map.unproject([table.x[site], table.y[site]], COLUMN_ZOOM));
    const zoom = map.getZoom();
    const bounds = L.latLngBounds(corners);
    const target = Math.min(16, Math.max(zoom + 1, map.getBoundsZoom(bounds.pad(0.25))));
    map.setView(bounds.getCenter(), target, { animate: !calm.matches });
  }

  return { sitesInView, bringIntoView, showRegion, showSites, showStart };
}
