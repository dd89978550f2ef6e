// Puts YASGUI in the place of the plain form. Nothing is kept in the browser (answers may name
// people), and nothing is fetched from anywhere but this service.
"use strict";

(function () {
  const place = document.getElementById("console");
  const plain = document.getElementById("plain");
  const query = document.getElementById("query").value;
  const { endpoint, day, terms, ids } = place.dataset;
  const BASE = "https://w3id.org/kitei/id/";
  const NS = "https://w3id.org/kitei/ns#";

  // Names of this service are opened here; they are not registered on the web.
  function address(iri) {
    const asOf = "?as-of=" + encodeURIComponent(day);
    if (iri.startsWith(BASE)) return ids + "id/" + iri.slice(BASE.length) + asOf;
    if (iri.startsWith(NS)) return ids + "ns/" + iri.slice(NS.length) + asOf;
    return iri;
  }

  function completer(name, from, list) {
    const base = Yasgui.Yasqe.Autocompleters[from];
    Yasgui.Yasqe.forkAutocompleter(from, {
      name: name,
      bulk: true,
      persistenceId: null,
      autoShow: false,
      get: function () { return Promise.resolve(list); },
      isValidCompletionPosition: base.isValidCompletionPosition,
    }, false);
  }

  // What went wrong, in the language of the page: problem documents have it in both.
  async function told(error) {
    try {
      const problem = JSON.parse(error.text);
      const said = document.createElement("p");
      said.setAttribute("role", "alert");
      said.textContent = (document.documentElement.lang === "ja" ? problem.detail_ja : problem.detail) + " (" + problem.status + ")";
      return said;
    } catch {
      return undefined; // something else than the service has answered
    }
  }

  // What the editor's own markup leaves unsaid to those who do not see it.
  function mend() {
    for (const list of place.querySelectorAll("[role=tablist]")) list.removeAttribute("role");
    for (const tab of place.querySelectorAll(".tabsList [role=tab]")) {
      tab.removeAttribute("role");
      tab.removeAttribute("aria-selected");
    }
    for (const select of place.querySelectorAll("select.tableSizer:not([aria-label])")) {
      select.setAttribute("aria-label", place.dataset.rows);
    }
    for (const area of place.querySelectorAll('.CodeMirror-scroll[tabindex="-1"]')) area.tabIndex = 0;
    for (const title of place.querySelectorAll("th .dt-column-title:empty")) title.textContent = "#";
  }

  function start(known) {
    completer("local-class", "class", known.classes);
    completer("local-property", "property", known.properties);
    const prefixes = Object.entries(known.prefixes).map(([name, iri]) => name + ": <" + iri + ">");
    completer("local-prefix", "prefixes", prefixes);
    Yasgui.Yasqe.defaults.autocompleters = ["variables", "local-class", "local-property", "local-prefix"];
    Yasgui.Yasqe.defaults.prefixCcApi = null;
    Yasgui.Yasqe.defaults.value = query;
    Yasgui.Yasqe.defaults.screenReaderLabel = place.dataset.label;
    // Tab leaves the editor, as it leaves every other field.
    Yasgui.Yasqe.defaults.extraKeys = Object.assign({}, Yasgui.Yasqe.defaults.extraKeys, { Tab: false, "Shift-Tab": false });
    Yasgui.Yasqe.defaults.persistenceId = null;
    Yasgui.Yasr.defaults.persistenceId = null;
    Yasgui.Yasr.defaults.prefixes = known.prefixes;
    Yasgui.Yasr.defaults.errorRenderers = [told];
    Yasgui.Yasr.defaults.pluginOrder = ["table", "boolean", "response"];
    for (const kind of ["pointerover", "focusin"]) {
      place.addEventListener(kind, (event) => {
        const link = event.target.closest("a[href]");
        if (link) link.href = address(link.getAttribute("href"));
      });
    }
    new MutationObserver(mend).observe(place, { childList: true, subtree: true });
    place.hidden = false;
    const yasgui = new Yasgui(place, {
      autofocus: false,
      persistenceId: null,
      populateFromUrl: false,
      copyEndpointOnNewTab: false,
      endpointCatalogueOptions: { getData: () => [] },
      requestConfig: {
        endpoint: new URL(endpoint, location.href).href,
        method: "POST",
        args: [{ name: "as-of", value: day }],
      },
    });
    plain.hidden = true;
    return yasgui;
  }

  fetch(terms, { credentials: "same-origin" })
    .then((response) => (response.ok ? response.json() : Promise.reject(response.status)))
    .then(start)
    .catch(() => { place.hidden = true; plain.hidden = false; });
})();
