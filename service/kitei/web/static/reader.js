// Two things that a sheet of style cannot do; without this file the page is complete.
"use strict";
(() => {
  // Escape puts a definition away (WCAG 1.4.13); it comes back when the word is met again.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      document.querySelectorAll(".term:hover, .term:focus").forEach((term) => term.classList.add("put-away"));
    }
  });
  for (const left of ["pointerout", "focusout"]) {
    document.addEventListener(left, (event) => {
      event.target.classList?.remove("put-away");
    });
  }

  // Below the text notes are folded, but not where something was found; beside it they are open.
  const beside = matchMedia("(min-width: 60rem)");
  const fold = () => {
    document.querySelectorAll(".reg > div > details").forEach((notes) => {
      notes.open = beside.matches || notes.querySelector(".found") !== null;
    });
  };
  beside.addEventListener("change", fold);
  fold();

  // Paper shows everything.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll(".reg details:not([open])")];
    folded.forEach((each) => { each.open = true; });
  });
  addEventListener("afterprint", () => folded.forEach((each) => { each.open = false; }));

  // What is looked for within folded notes is shown.
  const unfold = () => {
    const sought = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const around = sought && sought.closest("details:not([open])");
    if (around) {
      around.open = true;
      sought.scrollIntoView();
    }
  };
  addEventListener("hashchange", unfold);
  unfold();
})();
