/** Elements without markup: every text becomes a text node, so nothing in a record is ever read as HTML. */

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * @param {string} tag
 * @param {Record<string, any>} [attributes] `on` holds listeners; null, undefined and false leave an attribute out.
 * @param {...(Child | Child[])} children
 * @returns {HTMLElement}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...children.flat().filter(isShown).map(asNode));
  return element;
}

/** Replaces what an element holds. @param {Element} parent @param {...(Child | Child[])} children */
export function fill(parent, ...children) {
  parent.replaceChildren(...children.flat().filter(isShown).map(asNode));
}

/** @param {string} id @returns {HTMLElement} */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element ${id}`);
  return found;
}

/** Text of a record in the language it has. @param {string} text @param {string} [language] @param {string} [tag] */
export function said(text, language, tag = "span") {
  return el(tag, { lang: language && language !== "und" ? language : null, dir: "auto" }, text);
}

/** A text for a heading or list, where a name of thousands of letters would fill the page. @param {string} text @param {number} limit */
export function shortened(text, limit) {
  if (text.length <= limit) return text;
  return `${[...text].slice(0, limit - 1).join("")}…`;
}

/** @type {(child: Child) => boolean} */
function isShown(child) {
  return child !== null && child !== undefined && child !== false && child !== "";
}

/** @type {(child: Child) => Node} */
function asNode(child) {
  return child instanceof Node ? child : document.createTextNode(String(child));
}
