/** The hand on the map: a pointer, a finger or the keyboard sets, moves and draws. */

import { middles } from "./where-map.js";
import { rounded } from "./where-shape.js";

/** @typedef {import("./where-shape.js").Spot} Spot */

const REACH = 12;
const FINGER_REACH = 24;
const SAME_PLACE = 5;
const FINE = 2;
const LARGE = 20;
const KEEP_FROM_EDGE = 24;
const RUN_OF_KEYS_MS = 1200;
/** A click that the release of a drag makes is none. */
const AFTER_DRAG_MS = 350;

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @param {any} map
 * @param {ReturnType<typeof import("./where-edit.js").shapeEditor>} editor
 * @param {{isCoarse: boolean, draw: () => void, choose: (spot: Spot, reach: number) => boolean}} options
 *   `choose` takes a settlement that lies where somebody clicked.
 */
export function handOn(map, editor, { isCoarse, draw, choose }) {
  const container = map.getContainer();
  /** @type {{corner: number, moved: boolean} | null} */
  let held = null;
  let releasedAt = -AFTER_DRAG_MS;
  let keyAt = -RUN_OF_KEYS_MS;
  /** @type {Spot | null} */
  let cross = null;

  /** @type {(point: {x: number, y: number}) => Spot} */
  const spotAt = ({ x, y }) => {
    const { lat, lng } = map.containerPointToLatLng([x, y]);
    return rounded([lng, lat], map.getZoom());
  };
  /** @type {(spot: Spot) => {x: number, y: number}} */
  const pixelOf = ([longitude, latitude]) => map.latLngToContainerPoint([latitude, longitude]);
  /** @type {(event: {clientX: number, clientY: number}) => {x: number, y: number}} */
  const placeOf = (event) => {
    const box = container.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  /** @type {(spots: Spot[], point: {x: number, y: number}, reach: number) => number} */
  const nearest = (spots, point, reach) => {
    let found = -1;
    let least = reach;
    for (const [n, spot] of spots.entries()) {
      const { x, y } = pixelOf(spot);
      const away = Math.hypot(x - point.x, y - point.y);
      if (away < least) [found, least] = [n, away];
    }
    return found;
  };
  /** @type {(event: PointerEvent | Touch) => number} */
  const reachOf = (event) =>
    !("pointerType" in event) || event.pointerType === "touch" ? FINGER_REACH : REACH;

  /** What a pointer would take hold of: a corner, or the middle between two. @type {(event: PointerEvent | Touch) => {corner: number, middle: number}} */
  function grip(event) {
    const point = placeOf(event);
    const corner = nearest(editor.shape.corners, point, reachOf(event));
    const canInsert = corner < 0 && editor.shape.kind !== "Point" && !editor.isDrawing;
    return { corner, middle: canInsert ? nearest(middles(editor.shape), point, reachOf(event)) : -1 };
  }

  container.addEventListener(
    "pointerdown",
    (/** @type {PointerEvent} */ event) => {
      if (event.button !== 0 || !event.isPrimary || isOfControl(event)) return;
      const { corner, middle } = grip(event);
      if (corner < 0 && middle < 0) return;
      held = { corner, moved: false };
      if (middle >= 0) {
        editor.insert(middle, spotAt(placeOf(event)));
        held = { corner: middle + 1, moved: true };
      }
      container.setPointerCapture(event.pointerId);
      map.dragging.disable();
    },
    true,
  );
  container.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
    if (!held) {
      if (event.pointerType !== "touch") {
        const { corner, middle } = grip(event);
        container.classList.toggle("where-grip", corner >= 0 || middle >= 0);
        if (editor.isDrawing) setCross(spotAt(placeOf(event)));
      }
      return;
    }
    const point = placeOf(event);
    const { x, y } = pixelOf(editor.shape.corners[held.corner]);
    if (!held.moved && Math.hypot(point.x - x, point.y - y) < 3) return;
    if (!held.moved) editor.step();
    held.moved = true;
    editor.move(held.corner, spotAt(point));
  });
  const release = () => {
    if (!held) return;
    if (held.moved) releasedAt = performance.now();
    else if (editor.shape.kind !== "Point" && !editor.isDrawing) {
      editor.select(held.corner);
      releasedAt = performance.now();
    }
    held = null;
    if (!isCoarse) map.dragging.enable();
  };
  container.addEventListener("pointerup", release);
  container.addEventListener("pointercancel", release);
  // A finger on the point drags it; anywhere else it scrolls the page.
  container.addEventListener(
    "touchstart",
    (/** @type {TouchEvent} */ event) => {
      const { corner, middle } = grip(event.touches[0]);
      const isDrag = event.touches.length === 1 && (corner >= 0 || middle >= 0);
      if (isDrag && !editor.isDrawing && event.cancelable) event.preventDefault();
    },
    { passive: false, capture: true },
  );

  map.on("click", (/** @type {any} */ event) => {
    if (performance.now() - releasedAt < AFTER_DRAG_MS) return;
    const point = event.containerPoint;
    const reach = isCoarse ? FINGER_REACH : REACH;
    if (!editor.isDrawing && choose(spotAt(point), reach)) return;
    const { corners, kind } = editor.shape;
    const near = nearest(corners, point, SAME_PLACE + (isCoarse ? 10 : 0));
    if (editor.isDrawing && near >= 0) {
      // Once more on the last corner, or on the first one of an area, ends it.
      if (near === 0 && kind === "Polygon" && corners.length > 2) editor.finish();
      return;
    }
    setCross(null);
    editor.add(spotAt(point));
  });
  map.on("dblclick", () => editor.finish());

  container.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.target !== container || event.altKey) return;
    const arrow = ARROWS[event.key];
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() !== "z") return;
      editor.undo();
    } else if (arrow) push(arrow, event.shiftKey ? LARGE : FINE);
    else if (event.key === "+" || event.key === "=") map.setZoomAround(eye(), map.getZoom() + 1);
    else if (event.key === "-") map.setZoomAround(eye(), map.getZoom() - 1);
    else if (event.key === " ") set();
    else if (event.key === "Enter") editor.isDrawing ? editor.finish() : set();
    else if (event.key === "Backspace" && editor.isDrawing) editor.undo();
    else if (event.key === "Backspace" || event.key === "Delete") editor.remove();
    else if (event.key === "Escape" && editor.isDrawing) editor.finish();
    else if (event.key.toLowerCase() === "n") editor.next();
    else return;
    event.preventDefault();
  });

  /** Where the keyboard acts: a corner, the cross, or the middle of the view. @returns {any} */
  function eye() {
    const spot = moved() >= 0 ? editor.shape.corners[moved()] : cross;
    return spot ? L.latLng(spot[1], spot[0]) : map.getCenter();
  }

  /** The corner that arrow keys move. */
  function moved() {
    if (editor.isDrawing) return -1;
    return editor.shape.kind === "Point" ? editor.shape.corners.length - 1 : editor.selected;
  }

  /** @type {(arrow: [number, number], pixels: number) => void} */
  function push([dx, dy], pixels) {
    const at = map.latLngToContainerPoint(eye());
    const spot = spotAt({ x: at.x + dx * pixels, y: at.y + dy * pixels });
    if (moved() < 0) setCross(spot);
    else {
      // A run of keys is one step back.
      if (performance.now() - keyAt > RUN_OF_KEYS_MS) editor.step();
      keyAt = performance.now();
      editor.move(moved(), spot);
    }
    map.panInside([spot[1], spot[0]], { padding: [KEEP_FROM_EDGE, KEEP_FROM_EDGE], animate: false });
  }

  function set() {
    const { lat, lng } = eye();
    const spot = rounded([lng, lat], map.getZoom());
    if (editor.isDrawing) {
      editor.add(spot);
      setCross(spot);
    } else if (editor.shape.kind === "Point" && !editor.shape.corners.length) {
      setCross(null);
      editor.add(spot);
    }
  }

  /** @param {Spot | null} spot */
  function setCross(spot) {
    cross = spot;
    draw();
  }

  container.addEventListener("focus", draw);
  container.addEventListener("blur", () => setCross(null));
  return {
    /** Where the keyboard would set a corner, shown while it can. @returns {Spot | null} */
    cross() {
      const isFocused = document.activeElement === container && container.matches(":focus-visible");
      if (cross && moved() < 0) return cross;
      const { lng, lat } = map.getCenter();
      const isOpen = editor.isDrawing || (editor.shape.kind === "Point" && !editor.shape.corners.length);
      return isFocused && isOpen ? [lng, lat] : null;
    },
  };
}

/** @param {Event} event */
function isOfControl(event) {
  return event.target instanceof Element && event.target.closest(".leaflet-control, .where-zoom") !== null;
}
