/** What part of the map is in sight, and how it is brought there. */

import { COLUMN_ZOOM } from "./columns.js";
import { byId } from "./dom.js";

const CLOSE_ZOOM = 12;

/** Pixels kept free around the sites, and below them where the legend is open. */
const MARGIN = 40;
const LEGEND_ROOM = 300;

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
    map.fitBounds(boundsOfSites() ?? boundsOfRegion(), {
      animate: !calm.matches,
      paddingTopLeft: [MARGIN, MARGIN],
      paddingBottomRight: [MARGIN, below],
    });
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

  return { sitesInView, bringIntoView, showRegion, showSites };
}
