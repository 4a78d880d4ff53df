/** What a reader takes away from a site or a view: a citation, a link, a file, a print, code for a web page. */

import { addressOf, citeSite, citeView, siteHash } from "./cite.js";
import { byId, el, fill, said, shortened } from "./dom.js";
import { gatherRows, rightsOf, saveFile, shownSites } from "./download.js";
import { embedCode, startEmbedding } from "./embed.js";
import { FORMATS } from "./formats.js";
import { printList, printSite, readyToPrint } from "./printing.js";

/** A name of thousands of letters would fill the window. */
const SUBJECT_LETTERS = 200;

/** @param {any} app */
export function startTakeaway(app) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("take-dialog"));
  byId("take").addEventListener("click", () => void showTakeaway(app, dialog, -1));
  byId("card-take").addEventListener("click", () => void showTakeaway(app, dialog, app.state.open));
  byId("take-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("keydown", (event) => event.stopPropagation()); // Escape closes it and not the card
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  startEmbedding(app);
  readyToPrint(app);
}

/** @type {(app: any, dialog: HTMLDialogElement, site: number) => Promise<void>} */
async function showTakeaway(app, dialog, site) {
  const card = site >= 0 ? await app.blocks.card(site) : null;
  const { words } = app;
  const subject = card ? citeSite(app, card).csl : null;
  fill(
    byId("take-body"),
    el(
      "p",
      { class: "quiet" },
      subject
        ? said(shortened(subject.title, SUBJECT_LETTERS), subject.language)
        : words.word("take_view", { count: words.number(app.shownCount) }),
    ),
    citing(app, card),
    linking(app, card),
    saving(app, site),
    printing(app, site),
    embedding(app, card),
  );
  dialog.showModal();
  byId("take-body").scrollTop = 0;
}

/** @type {(app: any, card: any) => HTMLElement} */
function citing(app, card) {
  const { words } = app;
  const made = card ? citeSite(app, card) : citeView(app);
  const forms = [
    ["text", words.word("cite_text"), made.text],
    ["bibtex", "BibTeX", made.bibtex],
    ["csl", "CSL-JSON", `${JSON.stringify([made.csl], null, 2)}\n`],
  ];
  const box = copyBox(app, "take-citation", words.word("cite"), 4);
  const tabs = forms.map(([form, label, text]) =>
    el("button", { type: "button", "data-form": form, on: { click: () => choose(form, text) } }, label),
  );
  const choose = (/** @type {string} */ form, /** @type {string} */ text) => {
    for (const tab of tabs) tab.setAttribute("aria-pressed", String(tab.getAttribute("data-form") === form));
    box.show(text);
  };
  choose(forms[0][0], forms[0][2]);
  return takePart(
    words.word("cite"),
    el("div", { class: "tabs", role: "group", "aria-label": words.word("cite_form") }, ...tabs),
    box.element,
    el("p", { class: "quiet" }, words.word("cite_note")),
  );
}

/** @type {(app: any, card: any) => HTMLElement} */
function linking(app, card) {
  const { words } = app;
  const { address, isServed } = addressOf(card ? siteHash(app, card.id) : app.hashNow());
  const box = copyBox(app, "take-link", words.word("link"), 1);
  box.show(address);
  return takePart(
    words.word("link"),
    box.element,
    el("p", { class: "quiet" }, words.word(isServed ? "link_note" : "link_from_file")),
  );
}

/** @type {(app: any, site: number) => HTMLElement} */
function saving(app, site) {
  const { words } = app;
  const status = el("p", { class: "quiet", role: "status" });
  /** @type {[string, number[]][]} */
  const choices = [
    ["save_shown", shownSites(app)],
    ["save_in_view", app.sitesInView()],
  ];
  let chosen = site >= 0 ? [site] : choices[0][1];
  const radios = choices.map(([key, sites], place) =>
    el(
      "label",
      { class: "choice-line" },
      el("input", {
        type: "radio",
        name: "take-which",
        value: key,
        checked: place === 0,
        on: { change: () => (chosen = sites) },
      }),
      el("span", {}, words.word(key, { count: words.number(sites.length) })),
    ),
  );
  const buttons = FORMATS.map((format) =>
    el(
      "button",
      {
        type: "button",
        class: "plain-button",
        "data-format": format.ending,
        on: { click: () => void save(app, chosen, format, status) },
      },
      format.name,
    ),
  );
  return takePart(
    words.word("save"),
    site < 0 &&
      el("fieldset", { class: "choice-lines" }, el("legend", {}, words.word("save_which")), ...radios),
    el("p", { class: "button-row" }, ...buttons),
    status,
    el("p", { class: "quiet" }, words.word("save_note")),
  );
}

/** @type {(app: any, sites: number[], format: typeof FORMATS[0], status: HTMLElement) => Promise<void>} */
async function save(app, sites, format, status) {
  const { words } = app;
  const tell = (/** @type {number} */ done) => {
    status.textContent = words.word("save_working", {
      done: words.number(done),
      all: words.number(sites.length),
    });
  };
  const rows = await gatherRows(app, sites, tell);
  const name = rows.length === 1 ? `site-${rows[0].facts.id}` : `sites-${app.meta.digest.slice(0, 8)}`;
  saveFile(`${name}.${format.ending}`, format.media, format.make(rows, rightsOf(app)));
  status.textContent = words.word("save_done", { name: `${name}.${format.ending}` });
}

/** @type {(app: any, site: number) => HTMLElement} */
function printing(app, site) {
  const { words } = app;
  const dialog = /** @type {HTMLDialogElement} */ (byId("take-dialog"));
  const print = () => {
    dialog.close();
    if (site >= 0) printSite();
    else void printList(app, shownSites(app));
  };
  return takePart(
    words.word("print"),
    el(
      "p",
      { class: "button-row" },
      el(
        "button",
        { type: "button", class: "plain-button", id: "take-print", on: { click: print } },
        words.word(site >= 0 ? "print_site" : "print_list"),
      ),
    ),
  );
}

/** @type {(app: any, card: any) => HTMLElement} */
function embedding(app, card) {
  const { words } = app;
  const title = card ? citeSite(app, card).csl.title : words.pick(app.meta.title).text;
  const { code, isServed, host } = embedCode(app, title);
  const box = copyBox(app, "take-embed", words.word("embed"), 4);
  box.show(code);
  return takePart(
    words.word("embed"),
    box.element,
    el(
      "p",
      { class: isServed ? "quiet" : "warning" },
      words.word(isServed ? "embed_served" : "embed_warning", { address: host }),
    ),
  );
}

/** @type {(title: string, ...content: any[]) => HTMLElement} */
function takePart(title, ...content) {
  return el("section", { class: "take-part" }, el("h3", {}, title), ...content);
}

/** A text to copy, with its button; it can be marked and copied by hand as well. */
/** @type {(app: any, id: string, label: string, lines: number) => {element: HTMLElement, show: (text: string) => void}} */
function copyBox({ words }, id, label, lines) {
  const field = /** @type {HTMLTextAreaElement} */ (
    el("textarea", { id, readonly: true, rows: lines, "aria-label": label, spellcheck: "false", dir: "auto" })
  );
  const said_ = el("span", { class: "quiet", role: "status" });
  const copy = async () => {
    const isCopied = await copied(field);
    said_.textContent = words.word(isCopied ? "copied" : "copy_failed");
  };
  const button = el(
    "button",
    { type: "button", class: "plain-button", "aria-describedby": id, on: { click: () => void copy() } },
    words.word("copy"),
  );
  return {
    element: el("div", { class: "copy-box" }, field, el("p", { class: "button-row" }, button, said_)),
    show(text) {
      field.value = text;
      said_.textContent = "";
    },
  };
}

/** Whether the text of a field could be copied; where it could not it is marked. */
/** @type {(field: HTMLTextAreaElement) => Promise<boolean>} */
async function copied(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.select();
    return document.execCommand("copy"); // where a browser keeps the clipboard from pages opened as files
  }
}
