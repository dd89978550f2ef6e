// The page keeps the chosen files in its own memory: they can be dropped, and the result can be
// fetched in another form without choosing them again. Without this script the form works as it is.
"use strict";
(() => {
  const form = document.getElementById("check-form");
  const input = document.getElementById("files");
  const drop = document.getElementById("drop");
  const result = document.getElementById("result");
  const progress = document.getElementById("progress");
  const chosen = document.getElementById("chosen");
  if (!form || !input || !result) return;

  const list = () => {
    chosen.replaceChildren(...Array.from(input.files, (file) => {
      const line = document.createElement("li");
      line.textContent = `${file.name} (${Math.ceil(file.size / 1024).toLocaleString()} kB)`;
      return line;
    }));
  };

  const fail = (words) => {
    const box = document.createElement("section");
    const title = document.createElement("h2");
    const said = document.createElement("p");
    box.className = "box violation";
    box.setAttribute("role", "alert");
    title.textContent = form.dataset.problem;
    said.textContent = words;
    box.append(title, said);
    result.replaceChildren(box);
    result.focus();
  };

  const send = async (format) => {
    const body = new FormData(form);
    body.set("format", format);
    progress.textContent = form.dataset.busy;
    form.setAttribute("aria-busy", "true");
    try {
      const accept = format === "page" ? "text/html" : "*/*";
      const response = await fetch(form.action, { method: "POST", body, headers: { Accept: accept } });
      if (format === "page" && (response.headers.get("Content-Type") || "").startsWith("text/html")) {
        show(await response.text());
      } else if (response.ok) {
        save(await response.blob(), response.headers.get("Content-Disposition") || "", format);
      } else {
        const problem = await response.json();
        fail(document.documentElement.lang === "ja" ? problem.detail_ja : problem.detail);
      }
    } catch {
      fail(form.dataset.failed);
    } finally {
      progress.textContent = "";
      form.removeAttribute("aria-busy");
    }
  };

  const show = (html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const outcome = page.getElementById("outcome");
    if (!outcome) throw new Error("no outcome");
    result.replaceChildren(document.importNode(outcome, true));
    offer();
    result.focus();
    result.scrollIntoView();
  };

  const offer = () => {
    const now = document.getElementById("get-now");
    if (!now || !input.files.length) return;
    now.hidden = false;
    document.getElementById("get-again").hidden = true;
    for (const button of now.querySelectorAll("button[data-format]")) {
      button.addEventListener("click", () => send(button.dataset.format));
    }
  };

  const save = (blob, disposition, format) => {
    const plain = /filename="?([^";]+)"?/.exec(disposition);
    const coded = /filename\*=UTF-8''([^;]+)/i.exec(disposition);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = coded ? decodeURIComponent(coded[1]) : plain ? plain[1] : `kitei-check.${format}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(new FormData(form).get("format"));
  });
  input.addEventListener("change", list);
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    drop.addEventListener(name, () => drop.classList.remove("over"));
  }
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    input.files = event.dataTransfer.files;
    list();
  });
  document.getElementById("drop-hint").hidden = false;
})();
