/** What a date in words is read as, told while somebody types it. */

const PAUSE = 400;

/** @type {(form: HTMLFormElement) => void} */
export function readDates(form) {
  for (const input of form.querySelectorAll(".kind-date input")) {
    follow(/** @type {HTMLInputElement} */ (input), form);
  }
}

/** @type {(input: HTMLInputElement, form: HTMLFormElement) => void} */
function follow(input, form) {
  const field = /** @type {HTMLElement} */ (input.closest(".field"));
  let told = /** @type {HTMLElement | null} */ (field.querySelector(".reading"));
  if (!told) {
    told = document.createElement("p");
    told.className = "reading";
    input.after(told);
  }
  const reading = told;
  reading.setAttribute("aria-live", "polite");
  let timer = 0;
  let asked = 0;

  const read = async () => {
    asked += 1;
    const mine = asked;
    const text = input.value.trim();
    const answer = text ? await fetch(`/find/date?q=${encodeURIComponent(text)}`) : null;
    const found = answer?.ok ? await answer.json() : {};
    if (mine !== asked) return;
    reading.replaceChildren();
    if (found.words) {
      const words = document.createElement("strong");
      words.textContent = found.words;
      const edtf = document.createElement("code");
      edtf.textContent = found.edtf;
      reading.append(`${form.dataset.readAs} `, words, " ", edtf);
    } else if (found.fault) {
      reading.append(found.fault);
    }
  };

  input.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(read, PAUSE);
  });
}
