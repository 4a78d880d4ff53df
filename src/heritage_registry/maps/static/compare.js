/** Two pictures, one over the other, with a handle between them that pointer and keyboard move. */

import { cites, section } from "./card-parts.js";
import { dateOrder } from "./dates.js";
import { el, said } from "./dom.js";

/** @typedef {import("./card-parts.js").Desk} Desk */

/** Pictures an editor decided to show, as files beside the page. @param {Desk} desk @param {any} card */
export function pictureSection(desk, card) {
  const pictures = heldPictures(card);
  if (pictures.length === 0) return null;
  const { words } = desk;
  const isHidden = (card.properties.content_notes ?? []).length > 0;
  const content =
    pictures.length === 1
      ? el("figure", { class: "picture" }, onePicture(desk, pictures[0]), captionOf(desk, pictures[0]))
      : pair(desk, pictures);
  const shown = isHidden
    ? el("details", {}, el("summary", {}, words.word("pictures_show")), content)
    : content;
  return section(desk, "pictures", [shown]);
}

/**
 * A frame with two layers: the second shows from the handle on.
 * @param {string} label What the handle sets.
 * @param {Node} left
 * @param {Node} right
 */
export function handleFrame(label, left, right) {
  const over = el("div", { class: "compare-over" }, right);
  const frame = el("div", { class: "compare-frame" }, el("div", { class: "compare-under" }, left), over);
  const handle = /** @type {HTMLInputElement} */ (
    el("input", { type: "range", class: "compare-handle", min: 0, max: 100, value: 50, "aria-label": label })
  );
  const line = el("div", { class: "compare-line", "aria-hidden": "true" });
  const follow = () => frame.style.setProperty("--at", `${handle.value}%`);
  handle.addEventListener("input", follow);
  follow();
  frame.append(line);
  return { element: el("div", { class: "compare" }, frame, handle), frame };
}

/** A choice of dates for one side. */
/** @param {string} label @param {string[]} texts @param {number} chosen @param {(place: number) => void} change */
export function sideChoice(label, texts, chosen, change) {
  const choice = /** @type {HTMLSelectElement} */ (
    el(
      "select",
      {},
      ...texts.map((text, place) => el("option", { value: place, selected: place === chosen }, text)),
    )
  );
  choice.addEventListener("change", () => change(Number(choice.value)));
  return el("label", { class: "side-choice" }, el("span", { class: "quiet" }, label), choice);
}

/** @type {(card: any) => any[]} By date; those without one come first. */
function heldPictures(card) {
  const found = (card.properties.reports ?? []).flatMap((/** @type {any} */ report) =>
    (report.evidence?.files ?? [])
      .filter((/** @type {any} */ file) => file.public && file.public_copy)
      .map((/** @type {any} */ file) => ({ report, file, copy: file.public_copy })),
  );
  return found.sort(
    (/** @type {any} */ a, /** @type {any} */ b) => dateOrder(a.file.taken) - dateOrder(b.file.taken),
  );
}

/** @type {(desk: Desk, pictures: any[]) => HTMLElement} */
function pair(desk, pictures) {
  const { words } = desk;
  const sides = [0, pictures.length - 1];
  const texts = pictures.map((picture) => `${takenOn(desk, picture)} (${picture.report.id})`);
  const stage = el("div", {});
  const draw = () => {
    const [left, right] = sides.map((place) => pictures[place]);
    const { element, frame } = handleFrame(
      words.word("compare_handle"),
      onePicture(desk, left),
      onePicture(desk, right),
    );
    frame.style.aspectRatio = `${left.copy.width} / ${left.copy.height}`;
    stage.replaceChildren(
      element,
      el("div", { class: "compare-captions" }, captionOf(desk, left), captionOf(desk, right)),
    );
  };
  draw();
  const choices = ["compare_left", "compare_right"].map((key, side) =>
    sideChoice(words.word(key), texts, sides[side], (place) => {
      sides[side] = place;
      draw();
    }),
  );
  return el(
    "figure",
    { class: "picture" },
    el("div", { class: "side-choices" }, ...choices),
    stage,
    el("p", { class: "quiet" }, words.word("compare_unaligned")),
  );
}

/** @type {(desk: Desk, picture: any) => string} */
function takenOn({ words }, { file }) {
  return file.taken ? words.date(file.taken) : words.word("date_not_stated");
}

/** @type {(desk: Desk, picture: any) => HTMLElement} */
function onePicture(desk, { file, copy }) {
  const { words } = desk;
  const ending = copy.media_type === "image/png" ? "png" : "jpg";
  const caption = file.caption ? words.pick(file.caption).text : words.word("section_pictures");
  const image = el("img", {
    src: `evidence/${copy.sha256.slice(0, 2)}/${copy.sha256}.${ending}`,
    alt: `${caption}, ${takenOn(desk, { file })}`,
    width: copy.width,
    height: copy.height,
    loading: "lazy",
    on: {
      error: () =>
        image.replaceWith(el("p", { class: "picture-missing quiet" }, words.word("picture_missing"))),
    },
  });
  return image;
}

/** @type {(desk: Desk, picture: any) => HTMLElement} */
function captionOf(desk, { file, report }) {
  const { words } = desk;
  const about = [
    file.by && words.word("picture_by", { who: file.by }),
    file.licence,
    `${words.word("report_id")} ${report.id}`,
  ];
  const caption = file.caption ? words.pick(file.caption) : null;
  return el(
    "figcaption",
    {},
    el("strong", {}, takenOn(desk, { file })),
    caption && el("span", {}, " ", said(caption.text, caption.language)),
    el("span", { class: "quiet" }, ` ${about.filter(Boolean).join(" · ")} `, cites(desk, report.citations)),
  );
}
