/** The map page: puts its parts together and carries what a reader does from one to the others. */

import { drawBasemap } from "./basemap.js";
import { siteCard } from "./card.js";
import { activeFilters, renderChips } from "./chips.js";
import { readTable } from "./columns.js";
import { wireControls } from "./controls.js";
import { asFarAsThere, MissingPart, openBlocks, readMeta, unpack } from "./data.js";
import { byId, fill } from "./dom.js";
import { fitFrame, keepEmbedding } from "./embed.js";
import { renderFilters, updateFilters } from "./filter-panel.js";
import { makeFiltering } from "./filtering.js";
import { fold } from "./fold.js";
import { drawLabels } from "./labels.js";
import { siteLayer } from "./layer.js";
import { readKinds } from "./kinds.js";
import { renderLegend } from "./legend.js";
import { focusRow, groupCard, siteList } from "./list.js";
import { nearControl } from "./near.js";
import { writeWords } from "./page-words.js";
import { searchSites } from "./search.js";
import { ORDERS } from "./sorting.js";
import { readHash, writeHash } from "./state.js";
import { renderPages } from "./pages-links.js";
import { readPalette, shapeOfType, SHADES } from "./symbols.js";
import { startTakeaway } from "./takeaway.js";
import { dayNumber, isoDay, statesOn, timeControl } from "./time.js";
import { mapViews } from "./views.js";
import { tellMissing, tellState } from "./told-state.js";
import { speak } from "./words.js";

const RESTING_MS = 120;
const STANDINGS = ["disagree", "works_since", "undated", "in_part", "none"];

/** @param {any} map Leaflet's. */
export async function startRegistryMap(map) {
  // The browser unpacks while the rest is read.
  const packed = "DecompressionStream" in window ? unpack("hr-columns") : null;
  const meta = readMeta();
  const words = speak(meta, firstLanguage(meta));
  if (!packed) {
    byId("status").textContent = words.word("too_old");
    return;
  }
  const table = readTable(await packed, meta.columns);
  const app = makeApp(map, meta, table, words);
  await app.start();
}

/** Whether a site's standing is a grade, or a reason why there is none. @param {string} id */
function isGrade(id) {
  return !STANDINGS.includes(id);
}

/** The reader's language as the browser tells it, if the registry speaks it. @type {(meta: any) => string} */
function firstLanguage(meta) {
  const wanted = navigator.languages.map((tag) => tag.split("-")[0]);
  return wanted.find((tag) => meta.languages.includes(tag)) ?? meta.languages[0];
}

/** @type {(map: any, meta: any, table: import("./columns.js").Table, words: any) => any} */
function makeApp(map, meta, table, words) {
  const blocks = openBlocks(meta, (isMissing) => tellMissing(app, isMissing));
  const filtering = makeFiltering(meta, table, blocks);
  const shadeOfGrade = meta.codes.condition.map((/** @type {string} */ grade) => SHADES.indexOf(grade));
  const grades = table.condition.map((code) => shadeOfGrade[code]);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const firstShape = meta.codes.type.map(shapeOfType);
  /** @type {HTMLElement | null} */
  let opener = null;
  let cardTurn = 0;
  let searchTurn = 0;
  let filterMs = 0;

  const app = {
    map,
    meta,
    table,
    words,
    blocks,
    filtering,
    facets: filtering.facets,
    fails: filtering.fails,
    kinds: readKinds(meta),
    palette: readPalette(),
    visible: new Uint8Array(table.size).fill(1),
    shownCount: table.size,
    shade: grades,
    shape: new Uint8Array(table.size).map(
      (_, site) => firstShape[table.types.values[table.types.offsets[site]]],
    ),
    /** @type {import("./search.js").Finds | null} */
    finds: null,
    /** @type {any} */
    openGeometry: null,
    /** @type {{open: number, group: number[] | null, query: string, tab: string, day: number | null, sort: string}} */
    state: { open: -1, group: null, query: "", tab: "view", day: null, sort: ORDERS[0] },
    /** @type {ReturnType<typeof nearControl>} */
    near: /** @type {any} */ (null),
    /** @type {number | undefined} */
    drawnAt: undefined,
    /** Further turns of counting. @type {number | undefined} */
    counting: undefined,

    /** @param {number} site */
    rough: (site) => site < table.located && meta.codes.location_of[table.precision[site]] !== "monument",
    /** @param {number} site */
    conditionShade: (site) => grades[site],
    /** @param {string} id */
    conditionLabel: (id) =>
      app.words.label(isGrade(id) ? "condition" : "standing", id),
    /** @param {any} facet @param {string} id */
    optionExplanation: (facet, id) =>
      app.words.explanation(facet.id === "condition" && !isGrade(id) ? "standing" : facet.list, id),
    /** @param {number} shade */
    shadeLabel: (shade) =>
      SHADES[shade].startsWith("state_") ? app.words.word(SHADES[shade]) : app.conditionLabel(SHADES[shade]),
    /** The search key of a text, so that a choice is found in any script. @param {string} text */
    folded: (text) => fold(text, meta.folding),
    get only() {
      return filtering.only;
    },
    chips: () => activeFilters(app),
    hasMore: () => filtering.seen !== null,
    loadMore: filtering.loadMore,
    clearOnly() {
      filtering.only = null;
      refilter();
    },
    clearSearch() {
      /** @type {HTMLInputElement} */ (byId("search")).value = "";
      void search("");
    },
    /** The list has another order. */
    sorted() {
      app.near.render();
      layer.soon();
      void list.restart();
      remember();
    },

    /** @param {any} facet @param {string} id @param {boolean} isChosen */
    choose(facet, id, isChosen) {
      if (isChosen) facet.chosen.add(id);
      else facet.chosen.delete(id);
      refilter();
    },

    /** @param {number} site @param {boolean} [moveTo] */
    async open(site, moveTo = true) {
      opener = /** @type {HTMLElement | null} */ (document.activeElement);
      app.state.open = site;
      await showCard(moveTo);
    },

    /** @param {number[]} sites */
    async openGroup(sites) {
      opener = /** @type {HTMLElement | null} */ (document.activeElement);
      app.state.group = sites;
      app.state.open = -1;
      await showCard(false);
    },

    closeCard() {
      if (byId("card").hidden) return;
      const id = app.state.open >= 0 ? app.blocks.namesNow(app.state.open)?.id : undefined;
      app.state.open = -1;
      app.state.group = null;
      app.openGeometry = null;
      cardTurn += 1;
      byId("card").hidden = true;
      document.body.classList.remove("with-card");
      layer.soon();
      remember();
      if (!(id && focusRow(id)) && opener?.isConnected) opener.focus();
    },

    /** @param {number | null} day */
    setDay(day) {
      const wasOn = app.state.day !== null;
      app.state.day = day;
      if (day === null) app.shade = grades;
      else {
        if (!wasOn) app.shade = new Uint8Array(table.size);
        statesOn(table, day, app.shade);
      }
      layer.soon();
      if (wasOn !== (day !== null)) renderLegend(app);
      later(list.refresh);
      remember();
    },

    clearFilters() {
      filtering.clear();
      if (app.state.query !== "") app.clearSearch();
      else refilter();
    },

    /** @param {string} tab */
    showTab(tab) {
      app.state.tab = tab;
      void list.restart();
    },

    backToGroup() {
      app.state.open = -1;
      void showCard(false);
    },

    /** @param {1 | -1} steps */
    zoomBy(steps) {
      map.setZoom(map.getZoom() + steps, { animate: !calm.matches });
    },

    hashNow,
    search,
    setLanguage,

    async start() {
      fitFrame();
      map.invalidateSize({ animate: false });
      wireControls(app);
      byId("legend").toggleAttribute(
        "open",
        matchMedia("(min-width: 1100px) and (min-height: 700px)").matches,
      );
      window.addEventListener("unhandledrejection", (event) => {
        if (event.reason instanceof MissingPart) event.preventDefault();
      });
      await asFarAsThere(restore(readHash(location.hash, meta, filtering.ids)));
      map.on("moveend", () => {
        later(list.refresh);
        remember();
      });
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
      window.addEventListener("hashchange", () => {
        if (location.hash !== hashNow()) void restore(readHash(location.hash, meta, filtering.ids));
      });
      startTakeaway(app);
      document.body.dataset.ready = "true";
    },
  };

  const { sitesInView, bringIntoView, showRegion, showSites, showStart } = mapViews(map, app, calm);
  Object.assign(app, { sitesInView, showRegion, showSites });
  const basemap = drawBasemap(map, app);
  const labels = drawLabels(map, app);
  const layer = siteLayer(map, app);
  const list = siteList(app, sitesInView);
  const time = timeControl(app);
  app.near = nearControl(app, () => app.sorted());

  function refilter() {
    const start = performance.now();
    app.shownCount = filtering.apply(app.finds?.found ?? null, app.visible);
    updateFilters(app);
    filterMs = performance.now() - start;
    layer.soon();
    labels.soon();
    renderChips(app);
    later(list.restart);
    remember();
  }

  let listTimer = 0;
  /** @type {(what: () => Promise<void>) => void} */
  function later(what) {
    window.clearTimeout(listTimer);
    listTimer = window.setTimeout(() => void what(), RESTING_MS);
  }

  /** @type {(moveTo: boolean) => Promise<void>} */
  async function showCard(moveTo) {
    const turn = (cardTurn += 1);
    const { open, group } = app.state;
    const content =
      open >= 0 ? await siteCard(app, open) : await groupCard(app, /** @type {number[]} */ (group));
    app.openGeometry = open >= 0 ? (await app.blocks.card(open)).geometry : null;
    if (open >= 0) await app.blocks.names(open);
    if (turn !== cardTurn) return;
    byId("card-back").hidden = !(open >= 0 && group);
    fill(byId("card-body"), ...content);
    byId("card-body").scrollTop = 0;
    byId("card").hidden = false;
    document.body.classList.add("with-card");
    delete document.body.dataset.sheet;
    if (moveTo && open >= 0 && open < table.located) bringIntoView(open);
    layer.soon();
    remember();
    document.getElementById("card-title")?.focus({ preventScroll: true });
    for (const row of document.querySelectorAll("#results .row")) {
      if (open >= 0 && row.getAttribute("data-site") === app.blocks.namesNow(open)?.id)
        row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
  }

  /** @type {() => string} */
  function hashNow() {
    const { lat, lng } = map.getCenter();
    const hash = writeHash({
      view: { zoom: map.getZoom(), latitude: lat, longitude: lng },
      language: app.words.language,
      chosen: filtering.chosen(),
      sites: filtering.only?.ids,
      sort: app.state.sort,
      query: app.state.query,
      day: app.state.day === null ? undefined : isoDay(app.state.day),
      site: app.state.open >= 0 ? app.blocks.namesNow(app.state.open)?.id : undefined,
    });
    return keepEmbedding(hash);
  }

  function remember() {
    if (document.body.dataset.ready) window.history.replaceState(null, "", hashNow());
  }

  /** @type {(settings: import("./state.js").Settings) => Promise<void>} */
  async function restore(settings) {
    const { view } = settings;
    app.state.sort = settings.sort ?? ORDERS[0];
    await filtering.restore(settings.chosen, settings.sites);
    if (settings.day) await filtering.loadMore();
    if (view) map.setView([view.latitude, view.longitude], view.zoom, { animate: false });
    else showStart();
    app.shownCount = filtering.apply(null, app.visible);
    basemap.draw();
    layer.draw();
    setLanguage(settings.language ?? app.words.language);
    app.setDay(settings.day ? dayNumber(settings.day) : null);
    time.render();
    const field = /** @type {HTMLInputElement} */ (byId("search"));
    field.value = settings.query ?? "";
    await search(field.value);
    const site = settings.site ? await app.blocks.find(settings.site) : -1;
    if (site >= 0) await app.open(site, !view);
    else app.closeCard();
    await list.refresh();
  }

  /** @type {(query: string) => Promise<void>} */
  async function search(query) {
    const turn = (searchTurn += 1);
    app.state.query = query.trim();
    const finds =
      app.state.query === ""
        ? null
        : await searchSites(app.state.query, app, () => turn !== searchTurn);
    if (turn !== searchTurn) return;
    app.finds = finds;
    if (finds) app.state.tab = "found";
    else if (app.state.tab === "found") app.state.tab = "view";
    refilter();
  }

  function recolour() {
    app.palette = readPalette();
    basemap.recolour();
    labels.recolour();
    layer.draw();
    renderFilters(app);
    renderLegend(app);
    void list.refresh();
  }

  /** @type {(language: string) => void} */
  function setLanguage(language) {
    app.words = speak(meta, language);
    writeWords(app);
    renderPages(app);
    renderFilters(app);
    renderLegend(app);
    renderChips(app);
    app.near.render();
    time.render();
    labels.draw();
    void list.refresh();
    if (!byId("card").hidden) void showCard(false);
    remember();
  }

  tellState(app, layer, () => filterMs);
  return app;
}
