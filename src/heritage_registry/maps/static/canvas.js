/** A canvas in a pane of the map that follows drags and zooms, larger than the view by a margin. */

import { el } from "./dom.js";

/**
 * @param {any} map
 * @param {{name: string, zIndex: number, margin: number, follow: boolean}} options `follow`: drawn on every step of
 *   a drag; otherwise only when the margin is used up or the map rests.
 * @param {(context: CanvasRenderingContext2D, view: import("./clusters.js").View) => void} paint
 * @returns {{draw: () => void, soon: () => void, margin: number}}
 */
export function paneCanvas(map, { name, zIndex, margin, follow }, paint) {
  const pane = map.createPane(name);
  pane.style.zIndex = String(zIndex);
  pane.style.pointerEvents = "none";
  const canvas = /** @type {HTMLCanvasElement} */ (
    el("canvas", { class: "leaflet-zoom-animated", "aria-hidden": "true" })
  );
  pane.append(canvas);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  let waiting = 0;
  /** @type {any} */
  let corner = null;
  let drawnZoom = 0;

  function draw() {
    cancelAnimationFrame(waiting);
    waiting = 0;
    const size = map.getSize();
    const [width, height] = [size.x + 2 * margin, size.y + 2 * margin];
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const pixels = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== pixels[0] || canvas.height !== pixels[1]) {
      [canvas.width, canvas.height] = pixels;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const outside = [-margin, -margin];
    corner = map.containerPointToLatLng(outside);
    drawnZoom = map.getZoom();
    L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint(outside));
    const bounds = map.getPixelBounds();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    paint(context, {
      zoom: drawnZoom,
      left: bounds.min.x - margin,
      top: bounds.min.y - margin,
      width,
      height,
    });
  }

  function soon() {
    if (!waiting) waiting = requestAnimationFrame(draw);
  }

  function moved() {
    if (follow || drawnZoom !== map.getZoom()) soon();
    else if (corner) {
      const shown = map.latLngToContainerPoint(corner);
      if (Math.max(Math.abs(shown.x + margin), Math.abs(shown.y + margin)) > margin * 0.8) soon();
    }
  }

  map.on("move moveend", moved);
  map.on("zoomend viewreset resize", soon);
  map.on("zoomanim", (/** @type {any} */ event) => {
    if (!corner) return;
    const scale = map.getZoomScale(event.zoom, drawnZoom);
    L.DomUtil.setTransform(canvas, map._latLngToNewLayerPoint(corner, event.zoom, event.center), scale);
  });
  return { draw, soon, margin };
}
