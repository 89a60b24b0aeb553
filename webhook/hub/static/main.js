// Every page of the console: figures, sound, tab title, alerts for staff, shortcuts, the lists.
import { follow } from "/hub/static/live.js";

const body = document.body;
const conversation = body.dataset.conversation ?? "";
const say = (text) => { document.querySelector("[data-say]").textContent = text; };
const title = document.title;
let before = null;

function connection(well) {
  const line = document.querySelector("[data-connection]");
  line.hidden = well;
  if (!well) line.textContent = "Connection lost. Still trying: what you write is kept.";
}

function beep() {
  if (body.dataset.quiet) return;
  try {
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    volume.gain.value = 0.08;
    tone.frequency.value = 660;
    tone.connect(volume).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.25);
  } catch { /* No sound is no reason to stop. */ }
}

function notify(text) {
  // Discreet on purpose: a desktop alert may be seen by whoever passes.
  if (document.hidden && "Notification" in window && Notification.permission === "granted") {
    new Notification("Hub", { body: text, tag: "hub" });
  }
}

function counts(now) {
  for (const badge of document.querySelectorAll("[data-count]")) {
    const hidden = badge.dataset.hidden;
    badge.textContent = hidden || !now[badge.dataset.count] ? "" : now[badge.dataset.count];
    badge.classList.toggle("alarm", badge.dataset.count === "waiting" && now.emergencies > 0);
  }
  document.title = now.waiting && !document.querySelector("[data-hidden]") ? `(${now.waiting}) ${title}` : title;
  if (before && (now.waiting > before.waiting || now.offered > before.offered)) {
    beep();
    notify("Somebody is waiting.");
    say(now.emergencies > before.emergencies ? "An emergency is waiting." : "Somebody is waiting.");
  }
  before = now;
  refresh();
}

// What rings at once is fetched once, and a busy night redraws the list at most so often.
const REST_MS = 60;
let refreshing = false;
let again = false;
let timer = null;
let fetched = 0;
let shown = "";

function refresh() {
  if (refreshing) { again = true; return; }
  timer ??= setTimeout(renew, Math.max(0, fetched + REST_MS - Date.now()));
}

async function renew() {
  timer = null;
  const place = document.querySelector("[data-rows], [data-board-now]");
  // A form in use is not taken from under anybody's hands.
  if (!place || place.contains(document.activeElement?.closest("select"))) return;
  refreshing = true;
  try {
    const answer = await fetch(body.dataset.board ? "/hub/board/now" : `/hub/lists/${body.dataset.list}`);
    if (answer.ok) replace(place, await answer.text());
  } catch { connection(false); }
  refreshing = false;
  fetched = Date.now();
  if (again) { again = false; refresh(); }
}

function replace(place, html) {
  if (html === shown) return;
  shown = html;
  const focused = document.activeElement?.closest("[data-id]")?.dataset.id;
  const kind = document.activeElement?.tagName;
  place.innerHTML = html;
  if (focused) {
    const row = [...place.querySelectorAll("[data-id]")].find((one) => one.dataset.id === focused);
    (kind === "BUTTON" ? row?.querySelector("button") : row?.querySelector("a"))?.focus();
  }
}

const handlers = { counts, lists: refresh, signed_out: () => location.assign("/hub/door/sign-in") };
export const on = handlers;

if (body.dataset.list || body.dataset.board) setInterval(refresh, 5000);

document.querySelector(".bar nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

const alerts = document.querySelector("[data-notify]");
if (alerts && "Notification" in window && Notification.permission === "default") {
  alerts.hidden = false;
  alerts.addEventListener("click", async () => { await Notification.requestPermission(); alerts.hidden = true; });
}

let went = 0;
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, dialog[open]")) return;
  const key = event.key;
  const places = { w: "waiting", m: "mine", a: "all" };
  if (Date.now() - went < 1500 && places[key]) return location.assign(`/hub/?name=${places[key]}`);
  went = key === "g" ? Date.now() : 0;
  const act = {
    "?": () => document.getElementById("shortcuts").showModal(),
    c: () => document.querySelector("[data-claim], .acts .main")?.click(),
    r: () => document.getElementById("reply")?.focus(),
    n: () => { const box = document.querySelector("[data-note-box]"); if (box) { box.open = true; document.getElementById("note").focus(); } },
    j: () => step(1),
    k: () => step(-1),
  }[key];
  if (act) { event.preventDefault(); act(); }
});

function step(by) {
  const links = [...document.querySelectorAll(".row .open")];
  const at = links.indexOf(document.activeElement?.closest(".row")?.querySelector(".open"));
  links[Math.max(0, Math.min(links.length - 1, at + by))]?.focus();
}

// A conversation's page adds its own handlers before the stream begins.
queueMicrotask(() => setTimeout(() => follow({ conversation, place: body.dataset.place, on: handlers, connection }), 0));
