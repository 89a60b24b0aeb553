// Drawing: text only ever becomes text. Nothing here knows the server.

import { words } from "./words.js";

const NEAR = 120; // Pixels from the end within which new messages scroll into view.
const found = new Map();

/** An element by its id; looked up once, so that it is there even after the page was wiped. */
export function by(id) {
  if (!found.has(id)) found.set(id, document.getElementById(id));
  return found.get(id);
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export class View {
  constructor() {
    this.log = by("log");
    this.drawn = new Map();
    this.day = "";
    by("latest").addEventListener("click", () => this.toEnd());
    this.pinned = true;
    this.room = 0;
    this.log.addEventListener("scroll", () => {
      // Told of between a keyboard's opening and our own scrolling after it: nobody scrolled away.
      if (this.scroller() === this.log && this.log.clientHeight !== this.room) return;
      this.pinned = this.atEnd();
      if (this.pinned) by("latest").hidden = true;
    });
    // A keyboard that opens takes room from the end, where the newest message is.
    new ResizeObserver(() => {
      this.room = this.log.clientHeight;
      const talking = document.body.dataset.screen === "talk";
      if (talking && this.pinned && this.scroller() === this.log) this.toEnd();
    }).observe(this.log);
  }

  /** Show one of the three screens: "start", "talk" or "over". */
  screen(name) {
    document.body.dataset.screen = name;
    for (const id of ["start", "talk", "over"]) by(id).hidden = id !== name;
    by("go").hidden = name !== "start";
    by("again").hidden = name !== "over";
    for (const id of ["composer", "delete", "call"]) by(id).hidden = name !== "talk";
    if (name === "over") by("over").focus();
  }

  /** A message of the bot or an advocate, or one of the person from the store. */
  message({ author, name, text, at, lang, dir }, key) {
    const made = element("div", `msg ${author}`);
    const who = author === "person" ? words.you : author === "bot" ? words.computer : name;
    const label = author === "advocate" ? words.person(name || words.aPerson) : who;
    made.append(element("p", author === "person" ? "by unseen" : "by", label));
    const said = element("p", "text", text);
    said.dir = dir || "auto";
    if (lang) said.lang = lang;
    const meta = element("p", "meta", clock(at));
    meta.setAttribute("aria-live", "off");
    made.append(said, meta);
    if (key) this.drawn.set(key, { made, meta, at });
    this.append(made, at, author === "person");
  }

  /** A message being sent: drawn once, then only its state changes. */
  outgoing(item, retry) {
    if (!this.drawn.has(item.client_id)) {
      this.message({ author: "person", text: item.text, at: item.at }, item.client_id);
    }
    const { made, meta, at } = this.drawn.get(item.client_id);
    const end = this.atEnd();
    made.classList.toggle("failed", item.state === "failed");
    if (item.state === "failed") {
      const button = element("button", "retry", words.failed);
      button.type = "button";
      button.addEventListener("click", retry);
      meta.replaceChildren(button);
      this.notice(words.announceFailed);
      if (end) this.toEnd();
      return;
    }
    const state = element("span", "state", words[item.state]);
    meta.replaceChildren(`${clock(at)} · `, state);
    if (by("net").textContent === words.announceFailed) this.notice("");
  }

  has(clientId) {
    return this.drawn.has(clientId);
  }

  note(text) {
    this.append(element("p", "note", text), null, false);
  }

  /** Who is there: the computer, the computer while a person is awaited, or a person. */
  who(mode, name) {
    const lines = { waiting: words.waitingForPerson, closed: words.ended };
    const joined = mode === "staff";
    const line = joined
      ? name
        ? words.joined(name)
        : words.joinedNoName
      : lines[mode] || words.withComputer;
    put("who", line);
    by("who").parentElement.classList.toggle("joined", joined);
    by("person").hidden = mode !== "bot";
  }

  notice(text) {
    put("net", text);
  }

  typing(text) {
    const end = this.atEnd();
    put("typing", text);
    if (end) this.toEnd();
  }

  choices(titles, choose) {
    const made = titles.map((title) => {
      const button = element("button", "", title);
      button.type = "button";
      button.dir = "auto";
      button.addEventListener("click", () => choose(title));
      return button;
    });
    const end = this.atEnd();
    by("choices").replaceChildren(...made);
    by("choices").hidden = !made.length;
    if (end) this.toEnd();
  }

  /** While older messages are drawn they are not read out. */
  live(on) {
    if (on) this.log.removeAttribute("aria-live");
    else this.log.setAttribute("aria-live", "off");
  }

  clear() {
    this.log.replaceChildren();
    this.drawn.clear();
    this.day = "";
    this.choices([], null);
    this.typing("");
    this.notice("");
    by("text").value = "";
  }

  append(made, at, own) {
    const end = this.atEnd();
    const day = at ? new Date(at).toDateString() : this.day;
    if (this.day && day !== this.day) this.log.append(element("p", "day", long(at)));
    this.day = day;
    this.log.append(made);
    if (end || own) this.toEnd();
    else by("latest").hidden = false;
  }

  /** Where there is little room the page scrolls instead of the log. */
  scroller() {
    const page = document.documentElement;
    return page.scrollHeight > page.clientHeight + 1 ? page : this.log;
  }

  atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller();
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  toEnd() {
    const scroller = this.scroller();
    scroller.scrollTop = scroller.scrollHeight;
    by("latest").hidden = true;
  }
}

function put(id, text) {
  const place = by(id);
  if (place.textContent !== text) place.textContent = text;
}

function clock(at) {
  return new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

function long(at) {
  return new Date(at).toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long" });
}
