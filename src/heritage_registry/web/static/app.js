/** The start page: what is chosen on the map and what the address says stay the same thing. */

const frame = /** @type {HTMLIFrameElement | null} */ (document.getElementById("map-frame"));

/** @param {Window} map */
function follow(map) {
  const link = /** @type {HTMLAnchorElement} */ (document.getElementById("shown-site"));
  const show = () => {
    const hash = map.location.hash;
    const site = new URLSearchParams(hash.slice(1)).get("site");
    link.hidden = !site || !/^[0-9a-z]{8}$/.test(site);
    if (!link.hidden) link.href = `/sites/${site}`;
    if (hash !== location.hash) history.replaceState(null, "", hash || "/");
  };
  // The map also changes its address without an event.
  setInterval(show, 500);
  show();
}

if (frame) {
  if (location.hash.length > 1) {
    const wanted = new URLSearchParams(location.hash.slice(1));
    wanted.set("lang", document.documentElement.lang);
    frame.src = `/map#${wanted}`;
  }
  const ready = () => frame.contentWindow && frame.contentWindow.location.pathname === "/map";
  if (ready() && frame.contentDocument?.readyState === "complete") follow(frame.contentWindow);
  else frame.addEventListener("load", () => ready() && follow(frame.contentWindow), { once: true });
}
