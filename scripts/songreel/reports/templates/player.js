"use strict";
// Plays the film that the page carries, and moves it to the moment of a link or of a chart.
const player = document.getElementById("player");
const records = JSON.parse(document.getElementById("records").textContent);
const duration = Number(player.dataset.duration);
const reduced = matchMedia("(prefers-reduced-motion: reduce)");

// The address of the film in the page; of the one beside it, where it was too long.
function film() {
  const text = atob(document.getElementById("film").textContent.trim());
  if (!text) return player.dataset.beside;
  const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], { type: "video/mp4" }));
}

function clock(seconds) {
  const tenths = Math.round(10 * seconds);
  const rest = tenths % 600;
  return `${Math.floor(tenths / 600)}:${rest < 100 ? "0" : ""}${(rest / 10).toFixed(1)}`;
}

function seek(seconds) {
  const moment = Math.min(Math.max(seconds, 0), duration);
  const move = () => { player.currentTime = moment; };
  if (player.readyState > 0) move();
  else player.addEventListener("loadedmetadata", move, { once: true });
  show(moment);
}

function momentOf(address) {
  const found = /^#t=(\d+(?:\.\d+)?)$/.exec(address);
  return found ? Number(found[1]) : null;
}

// Where the field of a chart lies, from its left edge to its right one.
function fieldOf(chart) {
  const drawing = [...chart.querySelectorAll("svg")].find((svg) => svg.clientWidth > 0);
  if (!drawing) return null;
  const fields = [...drawing.querySelectorAll("path.background")].map((path) => path.getBoundingClientRect());
  const widest = fields.reduce((best, one) => (one.width > best.width && one.width < drawing.clientWidth * 0.98 ? one : best), { width: 0 });
  const left = chart.getBoundingClientRect().left + chart.clientLeft;
  return widest.width ? { left: widest.left - left, width: widest.width } : null;
}

function show(seconds) {
  const shown = records.filter((record) => record.shown <= seconds + 0.001).at(-1) ?? records[0];
  const parts = [
    `${clock(seconds)}: row ${shown.row}, keyframe ${shown.keyframe}`,
    `lightness ${shown.lightness}`, `contrast ${shown.contrast}`,
    `saturation ${shown.saturation} %`, `sharpness ${shown.sharpness}`,
  ];
  if (shown.change !== null) parts.push(`change ${shown.change} %`);
  if (shown.similarity !== null) parts.push(`similarity with the target ${shown.similarity}`);
  parts.push(shown.seconds === null ? `from ${shown.origin === "cache" ? "the cache" : "its image"}` : `${shown.seconds} s to paint`);
  document.querySelectorAll(".reading").forEach((line) => { line.textContent = parts.join(" · "); });
  document.querySelectorAll(".chart").forEach((chart) => {
    const field = fieldOf(chart);
    const head = chart.querySelector(".playhead");
    head.hidden = !field;
    if (field) head.style.left = `${field.left + (field.width * seconds) / duration}px`;
  });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#t=']");
  if (link) {
    event.preventDefault();
    history.replaceState(null, "", link.hash);
    seek(momentOf(link.hash));
    player.scrollIntoView({ block: "nearest", behavior: reduced.matches ? "auto" : "smooth" });
    player.focus({ preventScroll: true });
    return;
  }
  const chart = event.target.closest(".chart");
  const field = chart && fieldOf(chart);
  if (!field) return;
  const left = chart.getBoundingClientRect().left + chart.clientLeft;
  seek(((event.clientX - left - field.left) / field.width) * duration);
});

player.addEventListener("timeupdate", () => show(player.currentTime));
addEventListener("resize", () => show(player.currentTime));
addEventListener("hashchange", () => { if (momentOf(location.hash) !== null) seek(momentOf(location.hash)); });
player.src = film();
seek(momentOf(location.hash) ?? 0);
