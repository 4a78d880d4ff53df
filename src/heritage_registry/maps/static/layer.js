/** The sites on the map: signs, groups and clusters, what the pointer is over, and what a click does. */

import { worldPoint } from "./basemap.js";
import { paneCanvas } from "./canvas.js";
import { clusterSites, SIGN_RADIUS } from "./clusters.js";
import { COLUMN_ZOOM } from "./columns.js";
import { byId, el, fill, said, shortened } from "./dom.js";
import { drawCluster, drawGroup, drawSign, SHADES } from "./symbols.js";

const CIRCLES_FROM_ZOOM = 11;
const REACH = 5;
/** From a mark to the ring around it. */
const RING = 8.5;
const LABEL_LETTERS = 80;
const EARTH_M = 40_075_016.686;

/**
 * @param {any} map
 * @param {any} app
 */
export function siteLayer(map, app) {
  const { table } = app;
  /** @type {{marks: import("./clusters.js").Mark[], members: (mark: any) => number[]}} */
  let drawn = { marks: [], members: () => [] };
  /** @type {import("./clusters.js").Mark | null} */
  let hovered = null;

  const canvas = paneCanvas(
    map,
    { name: "sites", zIndex: 450, margin: 60, follow: true },
    (context, view) => {
      drawn = clusterSites(table, app.visible, app.shade, SHADES.length, view);
      for (const mark of drawn.marks) {
        const wide = mark === hovered || view.zoom >= CIRCLES_FROM_ZOOM;
        if (mark.count === 1 && wide) drawUncertainty(context, view, mark.first);
      }
      if (app.state.open >= 0) drawOpenSite(context, view);
      for (const mark of drawn.marks) drawMark(context, mark);
      drawOpenSign(context, view);
      drawOrigin(context, view);
      app.drawnAt ??= performance.now();
    },
  );

  /** @type {(context: CanvasRenderingContext2D, mark: import("./clusters.js").Mark) => void} */
  function drawMark(context, mark) {
    const { x, y, radius, mix } = mark;
    if (mark.count === 1) {
      drawSign(context, x, y, radius, signOf(mark.first), app.palette);
    } else {
      const draw = mark.onePoint ? drawGroup : drawCluster;
      draw(context, x, y, radius, mix, app.words.number(mark.count), app.palette);
    }
  }

  /** @type {(site: number) => any} */
  function signOf(site) {
    return {
      shape: app.shape[site],
      shade: app.shade[site],
      rough: app.rough(site),
      contested: table.contested[site] === 1,
    };
  }

  /** @type {(site: number, view: any) => [number, number]} */
  function placeOnCanvas(site, view) {
    const scale = 2 ** (view.zoom - COLUMN_ZOOM);
    return [(table.x[site] + 0.5) * scale - view.left, (table.y[site] + 0.5) * scale - view.top];
  }

  /** @type {(context: CanvasRenderingContext2D, view: any, site: number) => void} */
  function drawUncertainty(context, view, site) {
    const metres = table.uncertainty[site] * 10;
    const [x, y] = placeOnCanvas(site, view);
    const latitude = latitudeOf(table.y[site] / (256 << COLUMN_ZOOM));
    const radius = metres / ((EARTH_M * Math.cos(latitude)) / (256 * 2 ** view.zoom));
    if (radius < SIGN_RADIUS + 2) return;
    context.beginPath();
    context.arc(x, y, radius, 0, Math.PI * 2);
    context.globalAlpha = 0.07;
    context.fillStyle = app.palette.ink;
    context.fill();
    context.globalAlpha = 0.55;
    context.lineWidth = 1;
    context.setLineDash([3, 4]);
    context.strokeStyle = app.palette.ink;
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  /** The point that distances are measured from. @type {(context: CanvasRenderingContext2D, view: any) => void} */
  function drawOrigin(context, view) {
    const spot = app.near.mark();
    if (!spot) return;
    const scale = 256 * 2 ** view.zoom;
    const [unitX, unitY] = worldPoint(spot.longitude, spot.latitude);
    const [x, y] = [unitX * scale - view.left, unitY * scale - view.top];
    for (const [width, colour] of [[6, app.palette.halo], [2.2, app.palette.accent]]) {
      context.beginPath();
      context.arc(x, y, 6, 0, Math.PI * 2);
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        context.moveTo(x + dx * 6, y + dy * 6);
        context.lineTo(x + dx * 13, y + dy * 13);
      }
      context.lineWidth = width;
      context.strokeStyle = colour;
      context.stroke();
    }
  }

  /** @type {(context: CanvasRenderingContext2D, view: any) => void} */
  function drawOpenSite(context, view) {
    const site = app.state.open;
    if (site >= table.located) return;
    drawUncertainty(context, view, site);
    context.strokeStyle = app.palette.accent;
    context.lineWidth = 2;
    for (const line of linesOf(app.openGeometry)) {
      const scale = 256 * 2 ** view.zoom;
      context.beginPath();
      for (const [longitude, latitude] of line) {
        const [x, y] = worldPoint(longitude, latitude);
        context.lineTo(x * scale - view.left, y * scale - view.top);
      }
      context.stroke();
    }
    const mark = markOf(site);
    const [x, y] = mark ? [mark.x, mark.y] : placeOnCanvas(site, view);
    context.beginPath();
    context.arc(x, y, (mark ? mark.radius : SIGN_RADIUS) + RING, 0, Math.PI * 2);
    context.lineWidth = 2.5;
    context.stroke();
  }

  /** The sign of the open site, on the ring of the cluster or group that it lies in. */
  /** @type {(context: CanvasRenderingContext2D, view: any) => void} */
  function drawOpenSign(context, view) {
    const site = app.state.open;
    const mark = site >= 0 && site < table.located ? markOf(site) : undefined;
    if (!mark || mark.count === 1) return;
    const [x, y] = placeOnCanvas(site, view);
    const isHere = Math.hypot(x - mark.x, y - mark.y) < 1;
    const angle = isHere ? -Math.PI / 4 : Math.atan2(y - mark.y, x - mark.x);
    const away = mark.radius + RING;
    const [signX, signY] = [mark.x + away * Math.cos(angle), mark.y + away * Math.sin(angle)];
    context.beginPath();
    context.arc(signX, signY, SIGN_RADIUS + 4, 0, Math.PI * 2);
    context.fillStyle = app.palette.paper;
    context.fill();
    context.lineWidth = 2.5;
    context.strokeStyle = app.palette.accent;
    context.stroke();
    drawSign(context, signX, signY, SIGN_RADIUS, signOf(site), app.palette);
  }

  /** @type {(site: number) => import("./clusters.js").Mark | undefined} */
  function markOf(site) {
    return drawn.marks.find((mark) =>
      mark.count === 1 ? mark.first === site : drawn.members(mark).includes(site),
    );
  }

  /** @type {(point: {x: number, y: number}) => import("./clusters.js").Mark | null} */
  function markAt(point) {
    let best = null;
    let least = Infinity;
    for (const mark of drawn.marks) {
      const distance =
        Math.hypot(mark.x - canvas.margin - point.x, mark.y - canvas.margin - point.y) - mark.radius;
      if (distance < least) [best, least] = [mark, distance];
    }
    return least <= REACH ? best : null;
  }

  /** @type {(mark: import("./clusters.js").Mark | null, point?: {x: number, y: number}) => Promise<void>} */
  async function hover(mark, point) {
    const label = byId("hover");
    if (mark === hovered && point) {
      placeLabel(label, point, map);
      return;
    }
    hovered = mark;
    map.getContainer().style.cursor = mark ? "pointer" : "";
    label.hidden = !mark;
    canvas.soon();
    if (!mark || !point) return;
    const content = mark.count === 1 ? await siteLabel(app, mark.first) : [clusterLabel(app, mark)];
    if (hovered !== mark) return;
    fill(label, ...content);
    placeLabel(label, point, map);
  }

  map.on(
    "mousemove",
    (/** @type {any} */ event) => void hover(markAt(event.containerPoint), event.containerPoint),
  );
  map.on("mouseout movestart zoomstart", () => void hover(null));
  map.on("click", (/** @type {any} */ event) => {
    if (app.near.take(event.latlng)) return;
    const mark = markAt(event.containerPoint);
    void hover(null);
    if (!mark) app.closeCard();
    else if (mark.count === 1) app.open(mark.first);
    else enter(mark);
  });

  /** @type {(mark: import("./clusters.js").Mark) => void} */
  function enter(mark) {
    const sites = drawn.members(mark);
    if (mark.onePoint || map.getZoom() >= map.getMaxZoom()) app.openGroup(sites);
    else app.showSites(sites);
  }

  return {
    draw: canvas.draw,
    soon: canvas.soon,
    marks: () =>
      drawn.marks.map((mark) => ({ ...mark, x: mark.x - canvas.margin, y: mark.y - canvas.margin })),
    /** Where a site lies on the map, in CSS pixels from the map's corner. @param {number} site */
    pixelOf(site) {
      const bounds = map.getPixelBounds();
      const [x, y] = placeOnCanvas(site, { zoom: map.getZoom(), left: bounds.min.x, top: bounds.min.y });
      return { x, y };
    },
  };
}

/** @type {(app: any, site: number) => Promise<Node[]>} */
async function siteLabel(app, site) {
  const { names } = await app.blocks.names(site);
  const [first, ...others] = app.words.order(names);
  return [
    el("strong", {}, said(shortened(first[0], LABEL_LETTERS), first[1])),
    ...others
      .slice(0, 2)
      .map((/** @type {[string, string]} */ [text, language]) =>
        el("span", { class: "other" }, said(shortened(text, LABEL_LETTERS), language)),
      ),
    el("span", { class: "grade" }, app.shadeLabel(app.shade[site])),
  ];
}

/** @type {(app: any, mark: import("./clusters.js").Mark) => HTMLElement} */
function clusterLabel(app, mark) {
  const key = mark.onePoint ? "hover_group" : "hover_cluster";
  return el("span", {}, app.words.word(key, { count: app.words.number(mark.count) }));
}

/** @type {(label: HTMLElement, point: {x: number, y: number}, map: any) => void} */
function placeLabel(label, point, map) {
  const size = map.getSize();
  const left = Math.min(point.x + 14, size.x - label.offsetWidth - 8);
  const below = point.y + 18 + label.offsetHeight < size.y;
  label.style.transform = `translate(${Math.max(8, left)}px, ${below ? point.y + 18 : point.y - label.offsetHeight - 12}px)`;
}

/** @type {(geometry: any) => number[][][]} */
function linesOf(geometry) {
  if (geometry?.type === "LineString") return [geometry.coordinates];
  return geometry?.type === "Polygon" ? geometry.coordinates : [];
}

/** Latitude in radians of a height in the unit square. @type {(y: number) => number} */
function latitudeOf(y) {
  return Math.atan(Math.sinh(Math.PI * (1 - 2 * y)));
}
