// What the browser keeps of a visitor's dream and song: the token, and what is typed but not asked for.
// A token stands in the page's address, too. Kinds are "dream" and "song".
window.songreel = {
  isOpen: {},
  uploads: { dream: new Set(), song: new Set() },
  tables: [],

  inAddress: (kind) => (location.hash.match(`^#${kind}=([0-9a-f]{32})$`) || [])[1],
  known: (kind) => localStorage.getItem(`songreel-${kind}`),

  // The token of the address or else of the memory, and the draft of the fields that belongs to it.
  recall(kind) {
    const token = songreel.inAddress(kind) || songreel.known(kind) || "";
    const draft = JSON.parse(localStorage.getItem(`songreel-${kind}-draft`) || "{}");
    return [token, draft.token === token ? JSON.stringify(draft.fields) : ""];
  },

  // The server knows the token, or else it is empty: an unknown address leaves the memory alone.
  found(kind, token) {
    const asked = songreel.inAddress(kind);
    if (token) {
      localStorage.setItem(`songreel-${kind}`, token);
      if (!location.hash) history.replaceState(null, "", `#${kind}=${token}`);
    } else {
      if (!asked || asked === songreel.known(kind)) localStorage.removeItem(`songreel-${kind}`);
      if (asked) history.replaceState(null, "", location.pathname);
    }
    songreel.isOpen[kind] = true;
  },

  remember(kind, token) {
    history.replaceState(null, "", token ? `#${kind}=${token}` : location.pathname);
    if (token) localStorage.setItem(`songreel-${kind}`, token);
    else localStorage.removeItem(`songreel-${kind}`);
  },

  // After a click that starts a run: where it was refused, it is said why.
  asked(kind, token, refusal) {
    if (!refusal) songreel.uploads[kind].clear();
    if (token) songreel.remember(kind, token);
    const said = document.getElementById(`${kind}-forecast`);
    const { top, bottom } = said.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight - 120) said.scrollIntoView();
  },

  // The song's table as it was put there; one that was edited since is replaced only after asking.
  noteTable(table) {
    songreel.tables.push(JSON.stringify(table.data));
  },
  mayReplace(table) {
    if (songreel.tables.includes(JSON.stringify(table.data))) return true;
    return confirm("The table was edited. Replace all of its rows by these lines?");
  },

  keepDraft(kind, token, names, values) {
    if (!songreel.isOpen[kind]) return;
    const fields = Object.fromEntries(names.map((name, place) => [name, values[place]]));
    localStorage.setItem(`songreel-${kind}-draft`, JSON.stringify({ token, fields }));
  },
};

// An upload is kept by no draft.
addEventListener("beforeunload", (leaving) => {
  if (Object.values(songreel.uploads).some((names) => names.size)) leaving.preventDefault();
});
