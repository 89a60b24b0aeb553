// The page: what happens when. All that it knows is in this tab's memory, and goes with it.

import { leave, whenLeaving } from "./exit.js";
import * as net from "./net.js";
import { Outbox } from "./outbox.js";
import { by, View } from "./view.js";
import { welcome, words } from "./words.js";

const KEPT = "chat"; // In sessionStorage, only when the person ticked the box.
const IDLE_MS = 5 * 60 * 1000;
const IDLE_AGAIN_MS = 10000;
const TYPING_MS = 7000;
const TELL_TYPING_MS = 3000;
const TIGHT = 304; // Pixels; below it the head of the page gives way.
const HISTORY_MS = 1500;

const view = new View();
const asked = new URLSearchParams(window.location.hash.slice(1));
let held = null; // {id, token} of the conversation
let age = null;
let keep = false;
let mode = "bot";
let joinedName = null;
let stream = null;
let timers = {};
let toldTyping = 0;

const outbox = new Outbox({
  async deliver(item) {
    await opened();
    await net.send(held, { client_id: item.client_id, text: item.text });
    if (mode !== "staff") showTyping(words.typingComputer);
  },
  async reopen() {
    follow(null);
    view.note(words.fresh);
  },
  show(item, busy) {
    view.outgoing(item, () => {
      outbox.retry();
      refocus();
    });
    if (busy) view.notice(words.busy);
    remember();
  },
});

async function opened() {
  if (held) return;
  const about = { age_band: age, area: asked.get("area") || null, partner: asked.get("partner") };
  follow(await net.open(about));
  view.notice("");
}

/** Follow a conversation; null when there is none any more. */
function follow(conversation) {
  stream?.stop();
  stream = null;
  held = conversation;
  mode = "bot";
  joinedName = null;
  remember();
  if (!held) return;
  stream = new net.Stream(held, happened, connected);
  stream.run();
}

function happened(name, data) {
  if (name === "message") received(data);
  if (name === "status") status(data);
  if (name === "typing") showTyping(words.typingPerson(joinedName));
  if (name === "ended") ended();
  if (name === "erased") over();
}

function received(message) {
  active();
  if (message.author === "person") {
    outbox.stored(message.client_id);
    if (!view.has(message.client_id)) view.message(message, message.client_id);
    view.choices([], null);
    return;
  }
  view.typing("");
  view.message({ ...message, name: message.name || joinedName });
  view.choices((message.quick_replies || []).map((choice) => choice.title), choose);
}

function status(told) {
  mode = told.mode;
  joinedName = told.joined_name;
  view.who(mode, joinedName);
  if (mode === "staff") view.choices([], null);
}

function ended() {
  follow(null);
  view.who("closed");
  view.note(words.ended);
}

function connected(yes) {
  if (yes) {
    view.notice("");
    outbox.retry();
  } else {
    view.notice(navigator.onLine ? words.reconnecting : words.offline);
  }
}

function write(text) {
  view.choices([], null);
  active();
  outbox.add(text);
}

function choose(text) {
  write(text);
  refocus();
}

/** What was pressed goes away: the focus goes on, without calling up a keyboard on a phone. */
function refocus() {
  by(window.matchMedia("(pointer: coarse)").matches ? "log" : "text").focus();
}

function showTyping(text) {
  view.typing(text);
  clearTimeout(timers.typing);
  timers.typing = setTimeout(() => view.typing(""), TYPING_MS);
}

/** Somebody does something: the gentle warning waits anew. Nothing is ever cut. */
function active() {
  if (by("net").textContent === words.idle) view.notice("");
  clearTimeout(timers.idle);
  timers.idle = setTimeout(idle, IDLE_MS);
}

function idle() {
  if (by("net").textContent) timers.idle = setTimeout(idle, IDLE_AGAIN_MS);
  else view.notice(words.idle);
}

/** Keep what a reload needs, if that was asked for; else keep nothing. */
function remember() {
  if (!keep) return;
  const waiting = outbox.items.map(({ client_id, text, at }) => ({ client_id, text, at }));
  sessionStorage.setItem(KEPT, JSON.stringify({ held, age, waiting }));
}

/** What was kept, if this is a reload of this tab. A tab opened again later starts afresh. */
function kept() {
  const text = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  const how = performance.getEntriesByType("navigation")[0]?.type;
  return text && how === "reload" ? JSON.parse(text) : null;
}

function begin() {
  view.clear();
  view.screen("talk");
  view.who("bot");
  view.message({ author: "bot", text: welcome(age), at: new Date() });
  active();
  by("text").focus();
}

function resume(before) {
  keep = true;
  age = before.age;
  view.screen("talk");
  view.who("bot");
  view.live(false);
  view.message({ author: "bot", text: welcome(age), at: new Date() });
  outbox.hold(before.waiting.map((item) => ({ ...item, at: new Date(item.at), state: "sending" })));
  follow(before.held);
  // What was said before comes first, and is not read out again.
  timers.history = setTimeout(() => {
    view.live(true);
    outbox.release();
  }, HISTORY_MS);
  active();
}

function forgetAll() {
  const last = held;
  stream?.stop();
  stream = null;
  held = null;
  outbox.clear();
  Object.values(timers).forEach(clearTimeout);
  return last;
}

function over() {
  forgetAll();
  keep = false;
  sessionStorage.removeItem(KEPT);
  by("sure").close();
  view.clear();
  view.screen("over");
}

async function deleteChat() {
  by("sure-problem").textContent = "";
  try {
    if (held) await net.erase(held);
  } catch (problem) {
    if (!(problem instanceof net.Gone)) {
      by("sure-problem").textContent = words.notDeleted;
      return;
    }
  }
  over();
}

function submit() {
  const text = by("text").value;
  if (!text.trim()) return;
  by("text").value = "";
  grow();
  write(text);
  by("text").focus();
}

function grow() {
  const box = by("text");
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 4}px`;
}

function typed() {
  grow();
  active();
  if (!held || mode === "bot" || Date.now() - toldTyping < TELL_TYPING_MS) return;
  toldTyping = Date.now();
  net.typing(held).catch(() => {}); // Nobody misses it.
}

/** Keep the foot above the on-screen keyboard where the browser does not do so itself. */
function fit() {
  const seen = window.visualViewport;
  const style = document.documentElement.style;
  style.setProperty("--seen", `${seen.height}px`);
  style.setProperty("--above", `${seen.offsetTop}px`);
  // A keyboard over a low screen: what one writes and the way out matter most.
  document.body.classList.toggle("tight", seen.height < TIGHT && window.innerHeight > TIGHT);
}

by("begin").addEventListener("submit", (event) => {
  event.preventDefault();
  age = new FormData(event.target).get("age") || null;
  keep = by("keep").checked;
  begin();
});
by("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
by("text").addEventListener("keydown", (event) => {
  // On a touch screen Enter is for a new line, as everywhere there.
  const touch = window.matchMedia("(pointer: coarse)").matches;
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || touch) return;
  event.preventDefault();
  submit();
});
by("text").addEventListener("input", typed);
by("person").addEventListener("click", () => choose(words.wantPerson));
by("delete").addEventListener("click", () => by("sure").showModal());
by("sure-no").addEventListener("click", () => by("sure").close());
by("sure-yes").addEventListener("click", deleteChat);
by("again").addEventListener("click", () => {
  view.screen("start");
  by("begin").reset();
});
window.addEventListener("offline", () => {
  if (!by("talk").hidden) view.notice(words.offline);
});
window.addEventListener("online", () => {
  if (by("net").textContent === words.offline) view.notice(held ? words.reconnecting : "");
});
if (window.visualViewport) {
  for (const name of ["resize", "scroll"]) window.visualViewport.addEventListener(name, fit);
}
whenLeaving(() => {
  const last = forgetAll();
  return last && { url: net.exitUrl(last), token: last.token };
});

const before = kept();
if (before) resume(before);
else view.screen("start");
by("begin").hidden = false;
