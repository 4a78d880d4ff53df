/** Sites as a list: the way to everything on the map without sight or pointer. */

import { byId, el, fill, said, shortened } from "./dom.js";
import { byName, inOrder, NAMED_UP_TO, orderFact, ORDERS } from "./sorting.js";
import { drawSign, picture } from "./symbols.js";

const PAGE = 60;
const ROW_LETTERS = 160;

/**
 * @param {any} app
 * @param {() => number[]} sitesInView
 */
export function siteList(app, sitesInView) {
  let shown = PAGE;
  let turn = 0;

  /** @type {() => number[]} */
  function wanted() {
    const { tab } = app.state;
    if (tab === "found") return app.finds.sites.filter((/** @type {number} */ site) => app.visible[site]);
    if (tab === "unlocated") return unlocated();
    return app.state.sort === "distance" ? range(0, app.table.located) : sitesInView();
  }

  /** @type {() => number[]} */
  function unlocated() {
    return range(app.table.located, app.table.size);
  }

  /** @type {(start: number, end: number) => number[]} */
  function range(start, end) {
    const sites = [];
    for (let site = start; site < end; site += 1) if (app.visible[site]) sites.push(site);
    return sites;
  }

  async function refresh() {
    const own = (turn += 1);
    const sites = wanted();
    const inView = app.state.tab === "view" ? sites.length : sitesInView().length;
    renderOrders(app);
    renderTabs(app, { view: inView, unlocated: unlocated().length, found: sites.length });
    const { sort, tab } = app.state;
    const named = sort === "name" && tab !== "found" && sites.length <= NAMED_UP_TO;
    if (sort === "seen") await app.loadMore();
    if (own !== turn) return;
    let ordered = named || (sort === "name" && tab === "found") ? sites : inOrder(app, sites, sort);
    await app.blocks.ready(named ? sites : ordered.slice(0, shown));
    if (own !== turn) return;
    if (named) ordered = inOrder(app, sites, sort);
    byId("sort-note").hidden = sort !== "name" || tab === "found" || named;
    const focused = document.activeElement?.closest("#results [data-site]")?.getAttribute("data-site");
    fill(byId("results"), ...ordered.slice(0, shown).map((site) => el("li", {}, siteRow(app, site, true))));
    const more = byId("more");
    more.hidden = ordered.length <= shown;
    more.textContent = app.words.word("show_more", { count: app.words.number(ordered.length - shown) });
    byId("nothing").hidden = ordered.length > 0;
    if (focused) focusRow(focused);
    byId("status").textContent = app.words.word("status", {
      shown: app.words.number(app.shownCount),
      all: app.words.number(app.table.size),
    });
  }

  byId("sort").addEventListener("change", (event) => {
    app.state.sort = /** @type {HTMLSelectElement} */ (event.target).value;
    shown = PAGE;
    app.sorted();
  });
  byId("more").addEventListener("click", () => {
    const next = shown;
    shown += PAGE;
    void refresh().then(() =>
      /** @type {HTMLElement} */ (byId("results").children[next]?.firstElementChild)?.focus(),
    );
  });

  return {
    refresh,
    restart() {
      shown = PAGE;
      return refresh();
    },
  };
}

/** A site as a button for lists. @param {any} app @param {number} site @param {boolean} [inList] In the list, whose order it tells. */
export function siteRow(app, site, inList = false) {
  const { id, names, places } = app.blocks.namesNow(site);
  const [first, ...others] = app.words.order(names);
  const { types, contested } = app.table;
  const type = app.meta.codes.type[types.values[types.offsets[site]]];
  const facts = [app.words.label("site_type", type), app.shadeLabel(app.shade[site])];
  if (places.length > 0) facts.splice(1, 0, places[app.meta.languages.indexOf(app.words.language)]);
  if (contested[site]) facts.push(app.words.word("is_contested"));
  const ordered = inList ? orderFact(app, site) : "";
  if (ordered) facts.unshift(ordered);
  const sign = {
    shape: app.shape[site],
    shade: app.shade[site],
    rough: app.rough(site),
    contested: contested[site] === 1,
  };
  return el(
    "button",
    {
      type: "button",
      class: "row",
      "data-site": id,
      "aria-current": app.state.open === site ? "true" : null,
      on: { click: () => app.open(site) },
    },
    picture(30, (context, middle) => drawSign(context, middle, middle, 7, sign, app.palette)),
    el(
      "span",
      { class: "row-text" },
      el("span", { class: "row-name" }, said(shortened(first[0], ROW_LETTERS), first[1])),
      others.length > 0 && el("span", { class: "row-others" }, ...joined(others.slice(0, 3))),
      el("span", { class: "row-facts" }, facts.join(" · ")),
    ),
  );
}

/** @param {string} id */
export function focusRow(id) {
  const row = /** @type {HTMLElement | null} */ (
    byId("results").querySelector(`[data-site="${CSS.escape(id)}"]`)
  );
  row?.focus();
  return Boolean(row);
}

/** @type {(names: [string, string][]) => Node[]} */
function joined(names) {
  return names.flatMap(([text, language], place) => [
    document.createTextNode(place > 0 ? " · " : ""),
    said(shortened(text, ROW_LETTERS), language),
  ]);
}

/** The orders of the list; what a search found comes best first unless the reader wants otherwise. @type {(app: any) => void} */
function renderOrders(app) {
  const select = /** @type {HTMLSelectElement} */ (byId("sort"));
  const options = ORDERS.map((order) => {
    const key = order === "name" && app.state.tab === "found" ? "sort_best" : `sort_${order}`;
    return el("option", { value: order }, app.words.word(key));
  });
  fill(select, ...options);
  select.value = app.state.sort;
}

/** @type {(app: any, counts: Record<string, number>) => void} */
function renderTabs(app, counts) {
  for (const tab of ["view", "unlocated", "found"]) {
    const button = byId(`tab-${tab}`);
    button.hidden = tab === "found" ? !app.finds : tab === "view" && Boolean(app.finds);
    button.setAttribute("aria-pressed", String(app.state.tab === tab));
    const count =
      tab === "found" && app.finds
        ? app.finds.sites.filter((/** @type {number} */ site) => app.visible[site]).length
        : counts[tab];
    const label = tab === "view" && app.state.sort === "distance" ? "tab_near" : `tab_${tab}`;
    fill(button, app.words.word(label), el("span", { class: "count" }, app.words.number(count)));
  }
}

/** The sites at one point, as a card. @param {any} app @param {number[]} sites @returns {Promise<Node[]>} */
export async function groupCard(app, sites) {
  await app.blocks.ready(sites);
  const { words } = app;
  const title = words.word("group_title", { count: words.number(sites.length) });
  const isRough = sites.some(app.rough);
  return [
    el(
      "header",
      { class: "card-head" },
      el("h2", { id: "card-title", tabindex: "-1" }, title),
      el("p", {}, words.word(isRough ? "group_rough" : "group_exact")),
    ),
    el("ul", { class: "rows" }, ...byName(app, sites).map((site) => el("li", {}, siteRow(app, site)))),
  ];
}
