/** A field that offers a list while somebody types: the combobox of the ARIA practices, with a list below it. */

/**
 * @typedef {object} Choice One line of the list.
 * @property {string} value What is taken when it is chosen.
 * @property {string} label
 * @property {string} [told] More about it, below the label.
 * @property {string} [group] The heading it stands under.
 */

/**
 * @typedef {object} Wiring
 * @property {string} name What the list is called for those who do not see it.
 * @property {string} none What is said when nothing is found.
 * @property {string} found How many were found, with `{number}` in it.
 * @property {(typed: string) => Choice[] | Promise<Choice[]>} find
 * @property {(choice: Choice) => void} take
 * @property {() => void} left Called when the field is left without a choice.
 * @property {boolean} [opensEmpty] Whether there is a list before anything is typed.
 */

const SHOWN_AT_ONCE = 60;
let made = 0;

/**
 * @param {HTMLInputElement} input
 * @param {Wiring} wiring
 */
export function pick(input, wiring) {
  made += 1;
  const list = document.createElement("div");
  list.id = `combo-${made}`;
  list.className = "combo-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", wiring.name);
  list.hidden = true;
  const said = document.createElement("p");
  said.className = "combo-none unseen";
  said.setAttribute("role", "status");
  const box = document.createElement("div");
  box.className = wiring.opensEmpty ? "combo opens" : "combo";
  input.replaceWith(box);
  box.append(input, list, said);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-haspopup", "listbox");

  /** @type {Choice[]} */
  let choices = [];
  let at = -1;
  let asked = 0;

  const options = () => /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[role=option]")]);

  const close = () => {
    asked += 1;
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    // A line that goes would move the button that somebody is about to press.
    if (said.classList.contains("unseen")) said.textContent = "";
  };

  const mark = (/** @type {number} */ n) => {
    const shown = options();
    if (shown.length === 0) return;
    at = (n + shown.length) % shown.length;
    shown.forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    input.setAttribute("aria-activedescendant", shown[at].id);
    shown[at].scrollIntoView({ block: "nearest" });
  };

  const draw = (/** @type {boolean} */ marksFirst) => {
    list.replaceChildren();
    /** @type {HTMLElement} */
    let into = list;
    let heading = "";
    choices.slice(0, SHOWN_AT_ONCE).forEach((choice, i) => {
      if ((choice.group ?? "") !== heading || (i === 0 && choice.group)) {
        heading = choice.group ?? "";
        into = heading ? grouped(list, heading) : list;
      }
      into.append(drawn(choice, `${list.id}-${i}`));
    });
    const isEmpty = choices.length === 0;
    list.hidden = isEmpty;
    input.setAttribute("aria-expanded", String(!isEmpty));
    said.textContent = isEmpty ? wiring.none : wiring.found.replace("{number}", String(choices.length));
    said.classList.toggle("unseen", !isEmpty);
    at = -1;
    input.removeAttribute("aria-activedescendant");
    if (marksFirst && choices.length) mark(0);
  };

  const open = async (/** @type {string} */ typed) => {
    asked += 1;
    const mine = asked;
    const found = await wiring.find(typed);
    if (mine !== asked || document.activeElement !== input) return;
    choices = found;
    draw(typed !== "");
  };

  const take = (/** @type {number} */ n) => {
    const choice = choices[n];
    close();
    said.classList.add("unseen");
    if (choice) wiring.take(choice);
  };

  input.addEventListener("input", (event) => {
    if (!event.isTrusted) return;
    if (input.value.trim() || wiring.opensEmpty) {
      open(input.value.trim());
    } else {
      close();
      said.classList.add("unseen");
    }
  });
  input.addEventListener("keydown", (event) => {
    const isOpen = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (isOpen) mark(event.key === "ArrowDown" ? at + 1 : (at < 0 ? 0 : at) - 1);
      else if (wiring.opensEmpty || input.value.trim()) open(wiring.opensEmpty ? "" : input.value.trim());
    } else if (event.key === "Enter" && isOpen && at >= 0) {
      event.preventDefault();
      take(at);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      close();
    } else if (event.key === "Tab" && isOpen && at >= 0) {
      take(at);
    }
  });
  input.addEventListener("click", () => {
    if (list.hidden && wiring.opensEmpty) open("");
  });
  input.addEventListener("blur", () => {
    close();
    wiring.left();
  });
  // The pointer must not take the cursor out of the field before the choice is made.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = /** @type {HTMLElement} */ (event.target).closest("[role=option]");
    if (option) take(options().indexOf(/** @type {HTMLElement} */ (option)));
  });
}

/** @type {(list: HTMLElement, heading: string) => HTMLElement} */
function grouped(list, heading) {
  const group = document.createElement("div");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", heading);
  const shown = document.createElement("p");
  shown.className = "combo-group";
  shown.setAttribute("aria-hidden", "true");
  shown.textContent = heading;
  group.append(shown);
  list.append(group);
  return group;
}

/** @type {(choice: Choice, id: string) => HTMLElement} */
function drawn(choice, id) {
  const option = document.createElement("div");
  option.id = id;
  option.className = "combo-option";
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  const label = document.createElement("bdi");
  label.className = "combo-label";
  label.textContent = choice.label;
  option.append(label);
  if (choice.told) {
    const told = document.createElement("span");
    told.className = "combo-told";
    told.dir = "auto";
    told.textContent = choice.told;
    option.append(told);
  }
  return option;
}
