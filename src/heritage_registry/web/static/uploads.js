/** Hands in files as soon as they are chosen or dropped, tells how far they are, and lets that be stopped. */

const part = /** @type {HTMLElement | null} */ (document.querySelector("[data-upload]"));

/** @param {HTMLElement} within */
function uploads(within) {
  const form = /** @type {HTMLFormElement} */ (within.closest("form"));
  const get = (/** @type {string} */ name) => /** @type {HTMLElement} */ (within.querySelector(name));
  const zone = get(".upload-zone");
  const input = /** @type {HTMLInputElement} */ (get("input[type=file]"));
  const under = get(".upload-under-way");
  const bar = /** @type {HTMLProgressElement} */ (get("progress"));
  const status = get(".upload-status");
  const list = get(".upload-list");
  /** @type {XMLHttpRequest | null} */
  let request = null;

  /** What was typed of the files that wait goes along, so that the list comes back with it. */
  const body = () => {
    const fields = new FormData();
    fields.set("_draft", within.dataset.draft ?? "");
    fields.set("_form", within.dataset.address ?? "");
    for (const field of list.querySelectorAll("input")) {
      if (field.type !== "checkbox" || field.checked) fields.append(field.name, field.value);
    }
    return fields;
  };

  const end = (/** @type {string} */ word) => {
    request = null;
    under.hidden = true;
    input.disabled = false;
    input.value = "";
    status.textContent = within.dataset[word] ?? "";
    status.classList.toggle("fault", word === "failed");
    input.focus();
  };

  /** @param {Iterable<File>} files */
  const send = (files) => {
    const chosen = [...files];
    if (request || !chosen.length) return;
    const fields = body();
    for (const file of chosen) fields.append("_files", file);
    request = new XMLHttpRequest();
    request.open("POST", "/uploads");
    request.responseType = "document";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = event.loaded / event.total;
    });
    request.addEventListener("load", () => {
      const answer = request;
      const page = answer && answer.status === 200 ? answer.responseXML : null;
      if (!page) return end("failed");
      list.replaceChildren(...page.body.childNodes);
      end(list.querySelector(".faults") ? "failedSome" : "done");
      // The form's own script keeps the rest of what is typed beside its files.
      form.dispatchEvent(new Event("input", { bubbles: true }));
    });
    request.addEventListener("error", () => end("failed"));
    request.addEventListener("abort", () => end("cancelled"));
    bar.value = 0;
    under.hidden = false;
    input.disabled = true;
    status.classList.remove("fault");
    status.textContent = within.dataset.sending ?? "";
    request.send(fields);
  };

  get(".upload-cancel").addEventListener("click", () => request?.abort());
  get(".upload-send").hidden = true;
  get(".upload-drop").hidden = false;
  input.addEventListener("change", () => send(input.files ?? []));

  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("upload-over");
    });
  }
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("upload-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    send(/** @type {DragEvent} */ (event).dataTransfer?.files ?? []);
  });

  // What is said of files that wait is kept as it is typed, like the rest of the form.
  let timer = 0;
  const keep = () => {
    const fields = body();
    fields.set("_action", "say");
    fetch("/uploads", { method: "POST", body: new URLSearchParams(/** @type {any} */ (fields)), keepalive: true }).catch(
      () => {},
    );
  };
  list.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(keep, 800);
  });
}

if (part) uploads(part);
