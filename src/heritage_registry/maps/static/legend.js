/** What colours, shapes, rings and dashes on the map mean. */

import { SIGN_RADIUS } from "./clusters.js";
import { byId, el, fill } from "./dom.js";
import { drawCluster, drawGroup, drawSign, picture, SHADES, SHAPES } from "./symbols.js";

const IN_TIME = ["state_undamaged", "state_unknown", "state_damaged", "state_undated"];

/** @param {any} app */
export function renderLegend(app) {
  const { words, palette } = app;
  const inTime = app.state.day !== null;
  const colours = inTime ? IN_TIME : SHADES.filter((shade) => !shade.startsWith("state_"));
  const none = SHADES.indexOf("none");
  const example = inTime ? SHADES.indexOf("state_damaged") : SHADES.indexOf("moderate_damage");
  const mix = SHADES.map((shade) => (colours.slice(0, 3).includes(shade) ? 1 : 0));
  const sign = (/** @type {any} */ what, /** @type {string} */ text) =>
    el(
      "li",
      {},
      picture(30, (context, middle) =>
        drawSign(context, middle, middle, SIGN_RADIUS, { shape: 0, shade: none, ...what }, palette),
      ),
      el("span", {}, text),
    );
  const sum = (/** @type {typeof drawCluster} */ draw, /** @type {string} */ key) =>
    el(
      "li",
      {},
      picture(34, (context, middle) => draw(context, middle, middle, 13, mix, "3", palette)),
      el("span", {}, words.word(key)),
    );
  const isOpen = document.querySelector("#legend details")?.hasAttribute("open");
  fill(
    byId("legend-body"),
    el("h3", {}, words.word(inTime ? "legend_states" : "legend_colour")),
    el(
      "ul",
      {},
      ...colours.map((shade) =>
        sign({ shade: SHADES.indexOf(shade) }, app.shadeLabel(SHADES.indexOf(shade))),
      ),
    ),
    el(
      "details",
      { open: isOpen },
      el("summary", {}, words.word("legend_more")),
      el("h3", {}, words.word("legend_shape")),
      el("ul", {}, ...SHAPES.map((shape, place) => sign({ shape: place }, words.word(`shape_${shape}`)))),
      el("h3", {}, words.word("legend_marks")),
      el(
        "ul",
        {},
        sign({ shade: example, contested: true }, words.word("legend_contested")),
        sign({ shade: example, rough: true }, words.word("legend_rough")),
        sum(drawCluster, "legend_cluster"),
        sum(drawGroup, "legend_group"),
      ),
      el("p", { class: "quiet" }, words.word(inTime ? "legend_time_note" : "legend_note")),
    ),
  );
}
