/** The same place already? Sites like the one that is typed, shown while it is typed. */

const PAUSE = 700;
const TELLING = /^properties\.(?:names|types|locations|places)\./;

/** @type {(html: string) => void} */
function showNearby(html) {
  const part = document.getElementById("near-places");
  const list = document.getElementById("near-list");
  if (!part || !list || part.contains(document.activeElement)) return;
  list.innerHTML = html;
  part.hidden = html === "";
}

/** @type {(form: HTMLFormElement, body: () => URLSearchParams) => void} */
export function watchPlaces(form, body) {
  const part = document.getElementById("like-places");
  const list = document.getElementById("like-list");
  if (!part || !list) return;
  let timer = 0;
  let asked = 0;
  let shown = "";

  const look = async () => {
    // Whoever is deciding is not interrupted.
    if (part.contains(document.activeElement)) return;
    asked += 1;
    const mine = asked;
    const answer = await fetch("/find/places", { method: "POST", body: body() }).catch(() => null);
    if (!answer?.ok) return;
    const found = await answer.json();
    if (mine !== asked) return;
    showNearby(found.nearby);
    if (part.contains(document.activeElement) || found.html === shown) return;
    shown = found.html;
    list.innerHTML = found.html;
    part.hidden = found.count === 0;
  };

  form.addEventListener("input", (event) => {
    const typed = /** @type {HTMLInputElement} */ (event.target);
    // What another part of the page fills in is told by the form itself.
    if (event.target !== form && !TELLING.test(typed.name ?? "")) return;
    window.clearTimeout(timer);
    timer = window.setTimeout(look, PAUSE);
  });
}
