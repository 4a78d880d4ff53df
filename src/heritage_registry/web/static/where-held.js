/** The sites held already in the view of the map: small signs on it, and a list for everybody. */

import { el, fill, said } from "./map/dom.js";
import { metresBetween } from "./map/near.js";

/** @typedef {import("./where-map.js").Held} Held */

const PAUSE = 250;
const LISTED = 20;

/**
 * @param {any} map
 * @param {{words: Record<string, string>, but: string, point: () => (import("./where-shape.js").Spot | undefined), show: (held: Held[]) => void}} options
 */
export function heldSites(map, { words, but, point, show }) {
  const summary = el("summary", {}, words.held_none);
  const list = el("ul", { class: "plain" });
  const part = el("details", { class: "where-held" }, summary, list);
  const language = document.documentElement.lang;
  /** @type {Held[]} */
  let held = [];
  let timer = 0;
  let turn = 0;

  async function look() {
    const own = (turn += 1);
    const bounds = map.getBounds();
    const box = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((x) =>
      x.toFixed(4),
    );
    const query = new URLSearchParams({ box: box.join(","), but, lang: language });
    const answer = await fetch(`/where/sites?${query}`).catch(() => null);
    if (!answer?.ok) return;
    const { total, sites } = await answer.json();
    if (own !== turn) return;
    held = sites;
    const key = total === 0 ? "held_none" : sites.length ? "held" : "held_many";
    summary.textContent = words[key].replace("{count}", total.toLocaleString(language));
    part.classList.toggle("where-empty", !sites.length);
    order();
  }

  /** The nearest to the point, or to the middle, first. */
  function order() {
    const { lat, lng } = map.getCenter();
    const [longitude, latitude] = point() ?? [lng, lat];
    /** @type {(site: Held) => number} */
    const away = (site) =>
      metresBetween({ latitude, longitude }, { latitude: site.at[1], longitude: site.at[0] });
    held.sort((a, b) => away(a) - away(b));
    fill(
      list,
      held
        .slice(0, LISTED)
        .map((site) =>
          el(
            "li",
            {},
            el(
              "a",
              { href: `/sites/${site.id}`, target: "_blank", rel: "noopener" },
              said(site.name, site.language),
            ),
            point() ? el("span", { class: "quiet" }, ` ${metresText(away(site), words)}`) : null,
            site.of === "settlement" ? el("span", { class: "quiet" }, ` (${words.of_settlement})`) : null,
          ),
        ),
    );
    show(held);
  }

  map.on("moveend", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(look, PAUSE);
  });
  void look();
  return { part, order };
}

/** @type {(metres: number, words: Record<string, string>) => string} */
function metresText(metres, words) {
  const language = document.documentElement.lang;
  if (metres < 950) return `${(Math.round(metres / 10) * 10).toLocaleString(language)} ${words.metres}`;
  const digits = metres < 9_500 ? 1 : 0;
  return `${(metres / 1000).toLocaleString(language, { maximumFractionDigits: digits })} ${words.kilometres}`;
}
