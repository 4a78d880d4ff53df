/** The page inside another one: `embed=1` in the address leaves map, card, credits and the way to the full page. */

import { addressOf } from "./cite.js";
import { byId } from "./dom.js";

const EXAMPLE_HOST = "https://example.org/";

/** Whether the page was opened for a frame: once, from its first address. */
const isEmbedded = new URLSearchParams(location.hash.slice(1)).get("embed") === "1";

/** @param {string} hash */
export function keepEmbedding(hash) {
  return isEmbedded ? `${hash}&embed=1` : hash;
}

/** The name of the frame in which the local app shows the map beside its own title and languages. */
const APP_FRAME = "map-within-app";

/** Leaves out what the page around the frame shows already; before the map takes its size. */
export function fitFrame() {
  document.body.classList.toggle("within-app", window.name === APP_FRAME);
}

/** @param {any} app */
export function startEmbedding(app) {
  if (!isEmbedded) return;
  document.body.classList.add("embedded");
  byId("legend").removeAttribute("open");
  const link = /** @type {HTMLAnchorElement} */ (byId("full-page"));
  link.hidden = false;
  const lead = () => {
    link.href = app.hashNow().replace("&embed=1", "");
  };
  for (const event of ["pointerdown", "focus", "mouseover"]) link.addEventListener(event, lead);
  lead();
  app.map.invalidateSize();
  // A page that scrolls past the frame should not be caught by it.
  app.map.scrollWheelZoom.disable();
  app.map.once("mousedown focus", () => app.map.scrollWheelZoom.enable());
}

/** The code for a web page, and the address it names. @param {any} app @param {string} title */
export function embedCode(app, title) {
  const { address, isServed } = addressOf(`${app.hashNow()}&embed=1`);
  const source = isServed ? address : `${EXAMPLE_HOST}${address}`;
  const attributes = {
    src: source,
    title,
    width: "100%",
    height: "560",
    style: "border:0",
    loading: "lazy",
    referrerpolicy: "no-referrer",
    sandbox: "allow-scripts allow-popups allow-popups-to-escape-sandbox",
  };
  const written = Object.entries(attributes).map(([name, value]) => `${name}="${attributeText(value)}"`);
  return { code: `<iframe ${written.join(" ")}></iframe>`, isServed, host: EXAMPLE_HOST };
}

/** @type {(text: string) => string} */
function attributeText(text) {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
