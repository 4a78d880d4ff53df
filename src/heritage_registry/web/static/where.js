/** Where a site is: the text field, the map, the place name and the radius of a form stay in step. */

import { el, fill } from "./map/dom.js";
import { shapeEditor } from "./where-edit.js";
import { handOn } from "./where-hand.js";
import { heldSites } from "./where-held.js";
import { formMap } from "./where-map.js";
import { isWhole, nothing, pointText, readShape, writeShape, zoomFor } from "./where-shape.js";

/** @typedef {import("./where-shape.js").Spot} Spot */
/** @typedef {{set: Record<string, string>, doubts: string, choices: string, point: Spot | null, instead: Spot | null}} Answer */

const PAUSE = 300;
const LEAST_LETTERS = 3;
const KINDS = /** @type {const} */ ([
  ["Point", "point"],
  ["LineString", "line"],
  ["Polygon", "area"],
]);

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("record-form"));
/** @type {Promise<any> | null} */
let basemap = null;

/** @type {(part: HTMLElement) => void} */
function bring(part) {
  const path = part.dataset.where ?? "";
  const base = path.slice(0, path.lastIndexOf("."));
  /** @type {Record<string, string>} */
  const words = JSON.parse(part.dataset.words ?? "{}");
  const owner = /** @type {HTMLFormElement} */ (form);
  const field = /** @type {HTMLInputElement} */ (document.getElementById(part.dataset.field ?? ""));
  const doubts = /** @type {HTMLElement} */ (part.querySelector(".where-doubts"));
  const choices = /** @type {HTMLElement} */ (part.querySelector(".where-choices"));
  const name = /** @type {HTMLInputElement} */ (part.querySelector(".where-ask input"));
  const mapPart = /** @type {HTMLElement} */ (part.querySelector(".where-map-part"));
  /** @type {ReturnType<typeof drawn> | null} */
  let shown = null;
  let turn = 0;
  let timer = 0;
  /** @type {Spot | null} */
  let instead = null;
  let isTyped = false;

  const answerOf = (/** @type {string} */ leaf) =>
    /** @type {HTMLInputElement | HTMLSelectElement | null} */ (owner.elements.namedItem(`${base}.${leaf}`));

  const editor = shapeEditor(() => {
    const text = writeShape(editor.shape);
    // A shape that is not finished leaves what the field holds.
    if (text || !editor.isDrawing) {
      field.value = text;
      const method = answerOf("method");
      if (text && method && !method.value) method.value = "map";
      tell();
      later();
    }
    instead = null;
    shown?.changed();
  });

  const tell = () => owner.dispatchEvent(new Event("input", { bubbles: true }));
  const later = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void ask(""), PAUSE);
  };

  /** Asks what the answers are read as, or for what a button does. @type {(action: string) => Promise<void>} */
  async function ask(action) {
    window.clearTimeout(timer);
    const own = (turn += 1);
    const body = new URLSearchParams({
      _where: path,
      _action: action,
      _form: owner.getAttribute("action") ?? "",
    });
    for (const [key, value] of new FormData(owner)) {
      if (typeof value === "string" && (key.startsWith(`${base}.`) || key.includes(".places.")))
        body.append(key, value);
    }
    const answer = await fetch("/where", { method: "POST", body }).catch(() => null);
    if (!answer?.ok || own !== turn) return;
    const found = /** @type {Answer} */ (await answer.json());
    if (own !== turn) return;
    take(found, action);
  }

  /** @type {(answer: Answer, action: string) => void} */
  function take(answer, action) {
    for (const [key, value] of Object.entries(answer.set)) if (!key.includes(".@")) put(key, value);
    if (Object.keys(answer.set).length) tell();
    doubts.innerHTML = answer.doubts; // made by the app's own templates
    field.toggleAttribute("aria-invalid", doubts.querySelector(".fault") !== null);
    field.parentElement?.classList.toggle("wrong", doubts.querySelector(".fault") !== null);
    if (action) {
      choices.innerHTML = answer.choices;
      const done = choices.querySelector(".where-taken");
      if (done instanceof HTMLElement && action.startsWith("take-place")) {
        done.tabIndex = -1;
        done.focus();
      }
    }
    if (action.startsWith("drop-place")) {
      name.value = "";
      name.focus();
    }
    if (action.startsWith("take-point")) field.focus();
    instead = answer.instead;
    readField(answer.point);
    if (instead) shown?.show(instead, true);
    else if (action.startsWith("find-place") && choicesShown().length)
      shown?.showAll(
        choicesShown().map((choice) => choice.at),
        11,
      );
    else if (isTyped || action) showShape();
    isTyped = false;
    shown?.changed();
  }

  /** Brings what the text field says into view. */
  function showShape() {
    const { kind, corners } = editor.shape;
    if (kind !== "Point" && corners.length) shown?.showAll(corners, 16);
    else if (corners.length) shown?.show(corners[0], true);
  }

  /** Takes over what the text field says. @param {Spot | null} point What the app reads in it. */
  function readField(point) {
    const text = field.value.trim();
    if (text.startsWith("{")) {
      const shape = readShape(text);
      if (shape) editor.read(shape);
    } else if (point) editor.read({ ...nothing(), corners: [point] });
    else if (!editor.isDrawing)
      editor.read({ ...nothing(), kind: editor.shape.corners.length ? "Point" : editor.shape.kind });
  }

  /** @type {(key: string, value: string) => void} */
  function put(key, value) {
    const input = /** @type {any} */ (owner.elements.namedItem(key));
    if (input && input.dataset?.filled && !value) input.remove();
    else if (input) input.value = value;
    else if (value) part.append(el("input", { type: "hidden", name: key, value, "data-filled": "" }));
  }

  /** @returns {import("./where-map.js").Choice[]} */
  function choicesShown() {
    const found = /** @type {NodeListOf<HTMLInputElement>} */ (choices.querySelectorAll("input[data-at]"));
    return [...found].map((input) => {
      const [x, y] = (input.dataset.at ?? "").split(" ").map(Number);
      return { at: [x, y], chosen: input.checked };
    });
  }

  field.addEventListener("input", () => {
    isTyped = true;
    later();
  });
  for (const leaf of ["of", "uncertainty_m"]) {
    answerOf(leaf)?.addEventListener("input", () => {
      shown?.changed();
      later();
    });
  }
  name.addEventListener("input", () => {
    window.clearTimeout(timer);
    if (name.value.trim().length >= LEAST_LETTERS)
      timer = window.setTimeout(() => void ask(`find-place:${path}`), PAUSE);
  });
  name.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    void ask(`find-place:${path}`);
  });
  choices.addEventListener("change", () => shown?.changed());
  owner.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button[name=_action]") : null;
    if (!(button instanceof HTMLButtonElement)) return;
    const [verb, at, metres] = button.value.split(":");
    if (verb === "radius" && at === `${base}.uncertainty_m`) {
      event.preventDefault();
      put(at, metres);
      for (const other of button.parentElement?.children ?? [])
        other.toggleAttribute("aria-pressed", other === button);
      button.setAttribute("aria-pressed", "true");
      tell();
      shown?.changed();
      if (editor.shape.corners.length) shown?.show(editor.shape.corners[0], true);
      later();
    } else if (at === path && ["find-place", "take-place", "drop-place", "take-point"].includes(verb)) {
      event.preventDefault();
      void ask(button.value);
    }
  });

  /** @param {any} ground */
  function drawn(ground) {
    const status = el("p", { class: "where-status", role: "status" });
    const help = el("p", { class: "help", id: `${field.id}-map-help` });
    const frame = el("div", {
      class: "where-map",
      tabindex: 0,
      role: "application",
      "aria-label": words.title,
      "aria-describedby": help.id,
    });
    /** @type {(key: string, act: () => void, more?: Record<string, any>) => HTMLElement} */
    const button = (key, act, more = {}) =>
      el("button", { type: "button", class: "small-button", on: { click: act }, ...more }, words[key]);
    const kinds = KINDS.map(([kind, key]) => button(key, () => editor.begin(kind)));
    const undo = button("undo", () => editor.undo());
    const done = button("done", () => editor.finish());
    const remove = button("remove", () => editor.remove());
    const next = button("next", () => editor.next());
    const clear = button("clear", () => editor.clear());
    const zooms = [
      ["in", "+", 1],
      ["out", "−", -1],
    ].map(([key, sign, by]) =>
      el(
        "button",
        {
          type: "button",
          class: "where-zoom",
          "aria-label": words[key],
          title: words[key],
          on: { click: () => map.setZoom(map.getZoom() + Number(by)) },
        },
        sign,
      ),
    );
    fill(
      mapPart,
      el(
        "div",
        { class: "where-tools" },
        el("div", { class: "where-kinds", role: "group", "aria-label": words.shape }, kinds),
        undo,
        done,
        next,
        remove,
        clear,
      ),
      el("div", { class: "where-frame" }, frame, el("div", { class: "where-zooms" }, zooms)),
      status,
      help,
    );
    /** @type {import("./where-map.js").Held[]} */
    let sites = [];
    /** @type {ReturnType<typeof handOn> | null} */
    let hand = null;
    const made = formMap(frame, ground, {
      region: (part.dataset.region ?? "").split(" ").map(Number),
      language: document.documentElement.lang,
      languages: ["hy", "az", "en", "ru"],
      scene: () => ({
        shape: editor.shape,
        isDrawing: editor.isDrawing,
        selected: editor.selected,
        metres: Number(answerOf("uncertainty_m")?.value.replace(",", ".")) || 0,
        instead,
        choices: choicesShown(),
        held: sites,
        cross: hand?.cross() ?? null,
      }),
    });
    const { map } = made;
    hand = handOn(map, editor, { isCoarse: made.isCoarse, draw: made.draw, choose });
    const held = heldSites(map, {
      words,
      but: /\/sites\/([0-9a-z]{8})\//.exec(owner.getAttribute("action") ?? "")?.[1] ?? "",
      point: () => editor.shape.corners[0],
      show(found) {
        sites = found;
        made.keepClear(found);
        made.draw();
      },
    });
    mapPart.append(held.part);
    // The wheel scrolls the page until somebody works on the map.
    frame.addEventListener("focus", () => map.scrollWheelZoom.enable());
    frame.addEventListener("blur", () => map.scrollWheelZoom.disable());
    frame.addEventListener("pointerdown", () => frame.focus({ preventScroll: true }));
    new ResizeObserver(() => map.invalidateSize()).observe(frame);

    /** @type {(spot: Spot, reach: number) => boolean} */
    function choose(spot, reach) {
      const clicked = map.latLngToContainerPoint([spot[1], spot[0]]);
      const inputs = /** @type {NodeListOf<HTMLInputElement>} */ (choices.querySelectorAll("input[data-at]"));
      for (const [n, { at }] of choicesShown().entries()) {
        if (clicked.distanceTo(map.latLngToContainerPoint([at[1], at[0]])) > reach) continue;
        inputs[n].checked = true;
        inputs[n].focus({ preventScroll: true });
        made.draw();
        return true;
      }
      return false;
    }

    function changed() {
      const { shape, isDrawing, selected } = editor;
      const { kind, corners } = shape;
      const isPoint = kind === "Point";
      for (const [n, [of]] of KINDS.entries()) kinds[n].setAttribute("aria-pressed", String(of === kind));
      /** @type {HTMLButtonElement} */ (undo).disabled = !editor.canUndo;
      done.hidden = !isDrawing;
      /** @type {HTMLButtonElement} */ (done).disabled = !isWhole(shape);
      next.hidden = remove.hidden = isPoint || isDrawing;
      /** @type {HTMLButtonElement} */ (remove).disabled = selected < 0;
      /** @type {HTMLButtonElement} */ (clear).disabled = !corners.length;
      const key = isDrawing ? "help_drawing" : isPoint ? "help_point" : "help_shape";
      help.textContent = `${words[key]} ${made.isCoarse ? words.help_touch : words.help_wheel}`;
      const at = selected >= 0 ? pointText(corners[selected]) : corners.length ? pointText(corners[0]) : "";
      const says = !isPoint && selected >= 0 ? "corner" : !isPoint ? "corners" : at ? "at" : "empty";
      status.textContent = words[says]
        .replace("{n}", String(selected + 1))
        .replace("{count}", String(corners.length))
        .replace("{point}", at);
      frame.classList.toggle("where-drawing", isDrawing || (isPoint && !corners.length));
      made.draw();
    }

    map.on("moveend", () => held.order());
    return {
      changed,
      /** Brings a spot into view, and with `close` near enough to see its radius. @type {(spot: Spot, close: boolean) => void} */
      show(spot, close) {
        const metres = Number(answerOf("uncertainty_m")?.value) || 1500;
        made.show(spot, close ? zoomFor(spot[1], metres) : undefined);
      },
      showAll: made.showAll,
    };
  }

  async function open() {
    basemap ??= fetch("/where/base.json").then((answer) =>
      answer.ok ? answer.json() : Promise.reject(answer.status),
    );
    try {
      shown = drawn(await basemap);
    } catch {
      basemap = null;
      fill(mapPart, el("p", { class: "quiet" }, words.failed));
      return;
    }
    const text = field.value.trim();
    if (text && !text.startsWith("{")) await ask("");
    else readField(null);
    const found = choicesShown().map((choice) => choice.at);
    if (!editor.shape.corners.length && found.length) shown.showAll(found, 11);
    showShape();
    shown.changed();
    part.dataset.ready = "";
  }

  mapPart.hidden = false;
  const seen = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      seen.disconnect();
      void open();
    },
    { rootMargin: "300px" },
  );
  seen.observe(mapPart);
}

if (form) for (const part of form.querySelectorAll("[data-where]")) bring(/** @type {HTMLElement} */ (part));
