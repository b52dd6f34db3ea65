// Runs once, when the page is opened: what Gradio leaves undone for keyboards and screen readers.
() => {
  // Every radio button has a name of its own, so that arrow keys would not go through them.
  const styles = document.getElementById("dream-style");
  const join = () => {
    for (const button of styles.querySelectorAll("input:not([name=dream-style])")) {
      button.name = "dream-style";
    }
  };
  new MutationObserver(join).observe(styles, { subtree: true, attributeFilter: ["name"] });
  join();

  // What a run would paint and what is wrong is read out when it changes.
  for (const said of document.querySelectorAll(".forecast")) said.setAttribute("aria-live", "polite");

  // A run's state is drawn anew every second; it is read out when it is another.
  for (const status of document.querySelectorAll(".run-status")) {
    const told = document.createElement("p");
    told.className = "told";
    told.setAttribute("role", "status");
    document.body.append(told);
    const tell = () => {
      const word = status.querySelector(".status strong")?.textContent ?? "";
      if (told.textContent !== word) told.textContent = word;
    };
    new MutationObserver(tell).observe(status, { subtree: true, childList: true, characterData: true });
    tell();
  }

  replaceByTyping();

  // A key on a selected cell of the table opens it, is lost, and leaves the caret behind the old text.
  function replaceByTyping() {
    window.addEventListener("keydown", ({ target, key, ctrlKey, metaKey }) => {
      if (key.length > 1 || ctrlKey || metaKey || !target.matches("#song-table [role=gridcell]")) return;
      const opened = document.querySelector("#song-table textarea");
      opened?.focus();
      opened?.select(); // and the browser puts the key in place of what is selected
    });
  }
}
