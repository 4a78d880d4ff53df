/** Keeps what is being typed, and brings the reader to what is wrong. Everything works without this too. */

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("record-form"));
const PAUSE = 800;

if (form) {
  const status = /** @type {HTMLElement} */ (document.getElementById("draft-status"));
  let timer = 0;
  let changed = false;
  let sending = false;

  const body = () => new URLSearchParams(/** @type {any} */ (new FormData(form)));

  const keep = async () => {
    if (sending || !changed) return;
    sending = true;
    changed = false;
    try {
      const answer = await fetch("/drafts", { method: "POST", body: body(), keepalive: true });
      if (!answer.ok) throw new Error(String(answer.status));
      status.textContent = form.dataset.status ?? "";
      status.classList.remove("fault");
    } catch {
      changed = true;
      status.textContent = form.dataset.failed ?? "";
      status.classList.add("fault");
    }
    sending = false;
    if (changed) later();
  };

  const later = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(keep, PAUSE);
  };

  form.addEventListener("input", () => {
    changed = true;
    later();
  });
  form.addEventListener("submit", () => {
    window.clearTimeout(timer);
    changed = false;
  });
  // A closed lid or tab: what was typed in the last moment goes along.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && changed) navigator.sendBeacon("/drafts", body());
  });

  document.getElementById("faults")?.focus();
}
