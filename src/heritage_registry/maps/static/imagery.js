/**
 * Dated satellite pictures from public archives: nothing is asked of anybody before the reader agrees, for each
 * site anew, because asking tells the archive which place somebody looks at.
 */

import { section } from "./card-parts.js";
import { handleFrame, sideChoice } from "./compare.js";
import { el } from "./dom.js";
import { middleOf, preferredLocation } from "./site-facts.js";

/** @typedef {import("./card-parts.js").Desk} Desk */

/**
 * @typedef {object} Archive docs/sharing.md tells where hosts, numbers and dates are from.
 * @property {string} name
 * @property {string} company
 * @property {string} host Also in the page's content security policy, as a source of images and nothing else.
 * @property {string} path
 * @property {{label: string, id: string}[]} releases
 * @property {number} deepest The last zoom with pictures of its own.
 * @property {string} note The word that tells what a date means.
 * @property {(release: {label: string}) => string} credit
 */

/** @type {Archive[]} */
export const ARCHIVES = [
  {
    name: "Esri World Imagery Wayback",
    company: "Esri",
    host: "https://wayback.maptiles.arcgis.com",
    path: "/arcgis/rest/services/World_Imagery/WMTS/1.0.0/default028mm/MapServer/tile/{release}/{z}/{y}/{x}",
    releases: [
      { label: "2014-02-20", id: "10" },
      { label: "2018-01-08", id: "13161" },
      { label: "2020-12-16", id: "29260" },
      { label: "2021-12-21", id: "26120" },
      { label: "2022-12-14", id: "45134" },
      { label: "2023-12-07", id: "56102" },
      { label: "2024-08-15", id: "32553" },
      { label: "2024-09-19", id: "20337" },
      { label: "2024-10-10", id: "56450" },
    ],
    deepest: 17,
    note: "imagery_wayback_note",
    credit: ({ label }) =>
      `Esri World Imagery Wayback ${label}. Esri, Maxar, Earthstar Geographics, and the GIS User Community`,
  },
  {
    name: "EOxCloudless",
    company: "EOX IT Services GmbH",
    host: "https://tiles.maps.eox.at",
    path: "/wmts/1.0.0/s2cloudless-{release}_3857/default/g/{z}/{y}/{x}.jpg",
    releases: ["2017", "2020", "2021", "2023", "2024"].map((year) => ({ label: year, id: year })),
    deepest: 14,
    note: "imagery_eox_note",
    credit: ({ label }) =>
      `EOxCloudless https://cloudless.eox.at by EOX IT Services GmbH (Contains modified Copernicus Sentinel data ${label}). CC BY-NC-SA 4.0`,
  },
];

const SITE_ZOOM = 17;
const SURROUNDINGS_ZOOM = 14;
const DEEPEST_ZOOM = 18;
/** Public copies of coordinates are told to about 10 m. */
const TOLD_DECIMALS = 4;

/** @param {Desk} desk @param {any} card */
export function imagerySection(desk, card) {
  const place = middleOf(card.geometry);
  if (!place) return null;
  const { words } = desk;
  const isRough = preferredLocation(card.properties)?.of !== "monument";
  return section(desk, "imagery", [
    el(
      "details",
      { class: "imagery" },
      el("summary", {}, words.word("imagery_show")),
      el("p", {}, words.word("imagery_intro")),
      isRough && el("p", { class: "warning" }, words.word("imagery_rough")),
      ...ARCHIVES.map((archive) => oneArchive(desk, archive, place, isRough)),
    ),
  ]);
}

/** @type {(desk: Desk, archive: Archive, place: [number, number], isRough: boolean) => HTMLElement} */
function oneArchive(desk, archive, place, isRough) {
  const { words } = desk;
  const [longitude, latitude] = place;
  const holder = el("div", { class: "archive" });
  const ask = () => {
    const agree = el(
      "button",
      { type: "button", class: "plain-button", on: { click: () => show() } },
      words.word("imagery_agree", { company: archive.company }),
    );
    holder.replaceChildren(
      el("h4", {}, archive.name),
      el("p", {}, words.word(archive.note)),
      el(
        "p",
        {},
        words.word("imagery_asks", {
          company: archive.company,
          host: archive.host.replace("https://", ""),
          place: `${latitude.toFixed(TOLD_DECIMALS)}, ${longitude.toFixed(TOLD_DECIMALS)}`,
        }),
      ),
      el("p", { class: "button-row" }, agree),
    );
    return agree;
  };
  const show = () => {
    const view = archiveView(desk, archive, place, isRough);
    const stop = () => {
      view.remove();
      ask().focus();
    };
    holder.replaceChildren(
      el("h4", {}, archive.name),
      view.choices,
      view.element,
      view.credit,
      view.trouble,
      el("p", { class: "quiet" }, words.word(archive.note)),
      el(
        "p",
        { class: "button-row" },
        el(
          "button",
          { type: "button", class: "plain-button", on: { click: stop } },
          words.word("imagery_stop"),
        ),
      ),
    );
    view.start();
  };
  ask();
  return holder;
}

/** Two maps that move as one. @type {(desk: Desk, archive: Archive, place: [number, number], isRough: boolean) => any} */
function archiveView(desk, archive, [longitude, latitude], isRough) {
  const { words } = desk;
  const { releases } = archive;
  const sides = [0, releases.length - 1];
  const boxes = ["compare_left", "compare_right"].map((key) =>
    el("div", { class: "archive-map", role: "application", "aria-label": words.word(key) }),
  );
  const { element, frame } = handleFrame(words.word("compare_handle"), boxes[0], boxes[1]);
  frame.classList.add("archive-frame");
  frame.append(
    el(
      "div",
      { class: "archive-zoom" },
      zoomButton(words.word("zoom_in"), "+", () => maps[0].zoomIn()),
      zoomButton(words.word("zoom_out"), "−", () => maps[0].zoomOut()),
    ),
  );
  const credit = el("p", { class: "quiet archive-credit" });
  const trouble = el("p", { class: "quiet", role: "status" });
  /** @type {any[]} */
  let maps = [];
  /** @type {any[]} */
  const layers = [];

  const load = (/** @type {number} */ side) => {
    const release = releases[sides[side]];
    layers[side]?.remove();
    const address = archive.host + archive.path.replace("{release}", release.id);
    layers[side] = L.tileLayer(address, {
      maxNativeZoom: archive.deepest,
      maxZoom: DEEPEST_ZOOM,
      keepBuffer: 0, // no more is asked for than is looked at
      referrerPolicy: "no-referrer",
    });
    layers[side].on("tileerror", () => {
      trouble.textContent = words.word("imagery_failed");
    });
    layers[side].addTo(maps[side]);
    const credits = sides.map((place) => archive.credit(releases[place]));
    credit.replaceChildren(...[...new Set(credits)].map((text) => el("span", { lang: "en" }, text)));
  };

  const choices = el(
    "div",
    { class: "side-choices" },
    ...["compare_left", "compare_right"].map((key, side) =>
      sideChoice(
        words.word(key),
        releases.map((release) => words.date(release.label)),
        sides[side],
        (chosen) => {
          sides[side] = chosen;
          trouble.textContent = "";
          load(side);
        },
      ),
    ),
  );

  return {
    element,
    choices,
    credit,
    trouble,
    start() {
      const zoom = isRough ? SURROUNDINGS_ZOOM : Math.min(SITE_ZOOM, archive.deepest);
      maps = boxes.map((box) =>
        L.map(box, {
          attributionControl: false,
          zoomControl: false,
          scrollWheelZoom: false,
          zoomAnimation: false,
          fadeAnimation: false,
          inertia: false,
          maxZoom: DEEPEST_ZOOM,
          minZoom: 8,
        }).setView([latitude, longitude], zoom),
      );
      maps.forEach((map, side) => map.on("move", () => follow(maps[1 - side], map)));
      for (const side of [0, 1]) load(side);
    },
    remove() {
      for (const map of maps) map.remove();
    },
  };
}

/** @type {(label: string, sign: string, zoom: () => void) => HTMLElement} */
function zoomButton(label, sign, zoom) {
  return el(
    "button",
    { type: "button", "aria-label": label, title: label, on: { click: zoom } },
    el("span", { "aria-hidden": "true" }, sign),
  );
}

/** @type {(map: any, other: any) => void} */
function follow(map, other) {
  const isThere = map.getZoom() === other.getZoom() && map.getCenter().distanceTo(other.getCenter()) < 0.5;
  if (!isThere) map.setView(other.getCenter(), other.getZoom(), { animate: false });
}
