/** The time control: what had been seen of each site by a day, in three states. */

import { FROM_EVER } from "./columns.js";
import { byId, el, fill } from "./dom.js";
import { SHADES } from "./symbols.js";

const DAY_MS = 86_400_000;
const STEP_MS = 110;
const STEPS_OF_SPAN = 160;

/** @param {string} iso */
export function dayNumber(iso) {
  return Math.round(Date.parse(`${iso}T00:00:00Z`) / DAY_MS);
}

/** @param {number} day */
export function isoDay(day) {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/**
 * Fills `shade` with the state of every site on a day; a site without any dated observation stays marked as such.
 * @param {import("./columns.js").Table} table
 * @param {number} day
 * @param {Uint8Array} shade
 */
export function statesOn(table, day, shade) {
  const { offsets, days, values } = /** @type {NonNullable<typeof table.states>} */ (table.states);
  const codes = ["state_undamaged", "state_unknown", "state_damaged"].map((name) => SHADES.indexOf(name));
  const undated = SHADES.indexOf("state_undated");
  for (let site = 0; site < table.size; site += 1) {
    const start = offsets[site];
    let place = offsets[site + 1] - 1;
    if (place === start && values[start] === 1) shade[site] = undated;
    else {
      while (place > start && days[place] > day) place -= 1;
      shade[site] = codes[values[place]];
    }
  }
}

/** The days on which anything changes, in order, each once. @param {import("./columns.js").Table} table */
export function changeDays(table) {
  const { days } = /** @type {NonNullable<typeof table.states>} */ (table.states);
  const dated = days.filter((day) => day !== FROM_EVER).sort();
  return dated.filter((day, place) => place === 0 || day !== dated[place - 1]);
}

/**
 * @param {any} app
 * @returns {{render: () => void, set: (day: number | null) => void}}
 */
export function timeControl(app) {
  const range = app.meta.time;
  const first = range ? range[0] - 1 : 0;
  const last = range ? range[1] : 0;
  /** @type {Int32Array | null} */
  let days = null;
  const slider = /** @type {HTMLInputElement} */ (byId("time-slider"));
  slider.min = String(first);
  slider.max = String(last);
  let timer = 0;

  /** @type {(day: number | null) => void} */
  function set(day) {
    if (day !== null && !app.table.states) {
      void app.loadMore().then(() => set(day));
      return;
    }
    const bounded = day === null ? null : Math.max(first, Math.min(last, day));
    if (bounded === null || bounded >= last) stop();
    app.setDay(bounded);
    render();
  }

  /** @type {(direction: number) => void} */
  function step(direction) {
    const now = app.state.day ?? last;
    days ??= changeDays(app.table);
    const next =
      direction > 0 ? days.find((day) => day > now) : days.findLast((/** @type {number} */ day) => day < now);
    set(next ?? (direction > 0 ? last : first));
  }

  function play() {
    if (timer) return stop();
    if (app.state.day >= last) set(first);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const stride = Math.max(1, Math.round((last - first) / STEPS_OF_SPAN));
    timer = window.setInterval(
      () => (calm ? step(1) : set(app.state.day + stride)),
      calm ? STEP_MS * 10 : STEP_MS,
    );
    render();
  }

  function stop() {
    window.clearInterval(timer);
    timer = 0;
  }

  function render() {
    const { words } = app;
    const isOn = app.state.day !== null;
    byId("time").hidden = !range;
    byId("time-body").hidden = !isOn;
    byId("time-toggle").setAttribute("aria-expanded", String(isOn));
    if (!isOn) return;
    slider.value = String(app.state.day);
    const text = words.date(isoDay(app.state.day));
    slider.setAttribute("aria-valuetext", text);
    byId("time-day").textContent = words.word("time_by", { date: text });
    byId("time-play").textContent = timer ? "❚❚" : "▶";
    byId("time-play").setAttribute("aria-label", words.word(timer ? "time_pause" : "time_play"));
    byId("time-ends").replaceChildren(
      el("span", {}, isoDay(first).slice(0, 4)),
      el("span", {}, isoDay(last).slice(0, 4)),
    );
    const presets = app.meta.periods.map((/** @type {any} */ period) => {
      const end = period.end ? dayNumber(`${period.end.slice(0, 4)}-12-31`) : last;
      const chosen = Math.max(first, Math.min(last, end)) === app.state.day;
      return el(
        "button",
        { type: "button", "aria-pressed": String(chosen), on: { click: () => (stop(), set(end)) } },
        words.label("period", period.id),
      );
    });
    fill(byId("time-presets"), ...presets);
  }

  slider.addEventListener("input", () => (stop(), set(Number(slider.value))));
  slider.addEventListener("keydown", (event) => {
    const jump = { PageUp: 365, PageDown: -365, ArrowUp: 31, ArrowRight: 31, ArrowDown: -31, ArrowLeft: -31 }[
      event.key
    ];
    if (!jump) return;
    event.preventDefault();
    stop();
    set(app.state.day + jump);
  });
  byId("time-toggle").addEventListener("click", () => set(app.state.day === null ? last : null));
  byId("time-play").addEventListener("click", play);
  byId("time-back").addEventListener("click", () => (stop(), step(-1)));
  byId("time-forward").addEventListener("click", () => (stop(), step(1)));
  return { render, set };
}
