/** A shape being drawn or changed, with every step of it to go back to. */

import { isWhole, LEAST_CORNERS, nothing } from "./where-shape.js";

/** @typedef {import("./where-shape.js").Shape} Shape */
/** @typedef {import("./where-shape.js").Spot} Spot */

const MOST_STEPS = 200;

/**
 * @param {() => void} changed Called after each change that a hand made.
 */
export function shapeEditor(changed) {
  let shape = nothing();
  let isDrawing = false;
  let selected = -1;
  /** @type {{shape: Shape, isDrawing: boolean}[]} */
  let before = [];

  function step() {
    before.push({ shape, isDrawing });
    if (before.length > MOST_STEPS) before.shift();
  }

  /** @type {(corners: Spot[], chosen?: number) => void} */
  function put(corners, chosen = -1) {
    shape = { ...shape, corners };
    selected = chosen;
    changed();
  }

  return {
    get shape() {
      return shape;
    },
    get isDrawing() {
      return isDrawing;
    },
    get selected() {
      return selected;
    },
    get canUndo() {
      return before.length > 0;
    },
    /** Takes what the text field says. @param {Shape} read */
    read(read) {
      if (JSON.stringify(read) === JSON.stringify(shape)) return;
      [shape, isDrawing, selected, before] = [read, false, -1, []];
    },
    /** Begins a shape of a kind. @param {import("./where-shape.js").Kind} kind */
    begin(kind) {
      if (kind === shape.kind && isWhole(shape)) return;
      step();
      [shape, isDrawing, selected] = [{ ...nothing(), kind }, kind !== "Point", -1];
      changed();
    },
    /** Sets the point, or the next corner. @param {Spot} spot */
    add(spot) {
      if (shape.kind !== "Point" && !isDrawing) return;
      step();
      put(shape.kind === "Point" ? [spot] : [...shape.corners, spot]);
    },
    /** Marks that a drag or a run of keys begins, which is undone as one. */
    step,
    /** @param {number} corner @param {Spot} spot */
    move(corner, spot) {
      put(shape.corners.with(corner, spot), shape.kind === "Point" ? -1 : corner);
    },
    /** Adds a corner behind another. @param {number} corner @param {Spot} spot */
    insert(corner, spot) {
      step();
      put(shape.corners.toSpliced(corner + 1, 0, spot), corner + 1);
    },
    /** @param {number} corner */
    select(corner) {
      selected = corner;
      changed();
    },
    /** Goes on to the next corner. */
    next() {
      if (shape.kind !== "Point" && shape.corners.length) this.select((selected + 1) % shape.corners.length);
    },
    /** Removes the chosen corner, unless too few would be left. */
    remove() {
      if (selected < 0 || shape.corners.length <= LEAST_CORNERS[shape.kind]) return;
      step();
      put(shape.corners.toSpliced(selected, 1), Math.min(selected, shape.corners.length - 2));
    },
    /** Ends the drawing; what has too few corners is no shape, and what was there before comes back. */
    finish() {
      if (!isDrawing) return;
      if (isWhole(shape)) {
        isDrawing = false;
        changed();
        return;
      }
      while (isDrawing && before.length) ({ shape, isDrawing } = /** @type {any} */ (before.pop()));
      isDrawing = false;
      changed();
    },
    undo() {
      const last = before.pop();
      if (!last) return;
      ({ shape, isDrawing } = last);
      selected = -1;
      changed();
    },
    clear() {
      if (!shape.corners.length) return;
      step();
      [shape, isDrawing, selected] = [{ ...nothing(), kind: shape.kind }, shape.kind !== "Point", -1];
      changed();
    },
  };
}
