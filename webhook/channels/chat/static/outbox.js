// What was written and is not stored yet: sent in order, each under an id that makes it one message
// however often it is sent.

import { backoff, Gone, Later, pause } from "./net.js";

const TRIES = 3; // Before a person is asked to tap; a new connection tries by itself.
const LONGEST = 1500; // Characters in one message; longer ones are sent as several.

export class Outbox {
  /** `deliver(item)` stores one message, `reopen()` begins a new conversation, `show(item)` draws. */
  constructor({ deliver, reopen, show }) {
    this.deliver = deliver;
    this.reopen = reopen;
    this.show = show;
    this.items = [];
    this.running = false;
    this.halted = false;
  }

  add(text) {
    for (const part of split(text)) {
      const item = { client_id: uuid(), text: part, state: "sending", at: new Date() };
      this.items.push(item);
      this.show(item);
    }
    this.flush();
  }

  /** Begin again after a failure. */
  retry() {
    this.halted = false;
    this.flush();
  }

  /** Take over what waited before a reload; nothing is drawn or sent until `release`. */
  hold(items) {
    this.items = items;
    this.running = true;
  }

  release() {
    this.items.forEach((item) => this.show(item));
    this.running = false;
    this.flush();
  }

  /** The server has a message, whoever told us. */
  stored(clientId) {
    const item = this.items.find((waiting) => waiting.client_id === clientId);
    if (item) this.finish(item);
    return Boolean(item);
  }

  clear() {
    this.items = [];
  }

  finish(item) {
    this.items = this.items.filter((waiting) => waiting !== item);
    this.mark(item, "sent");
  }

  mark(item, state, busy = false) {
    if (item.state === state && state !== "sending") return;
    item.state = state;
    this.show(item, busy);
  }

  async flush() {
    if (this.running || this.halted) return;
    this.running = true;
    let failures = 0;
    while (this.items.length && !this.halted) {
      const item = this.items[0];
      if (item.state !== "waiting") this.mark(item, "sending");
      try {
        await this.deliver(item);
        this.finish(item);
        failures = 0;
      } catch (problem) {
        failures += 1;
        await this.failed(item, problem, failures);
      }
    }
    this.running = false;
  }

  async failed(item, problem, failures) {
    if (!this.items.includes(item)) return;
    if (problem instanceof Gone) {
      await this.reopen();
      return;
    }
    const wait = problem instanceof Later && (problem.busy || !navigator.onLine);
    if (wait) {
      this.mark(item, "waiting", problem.busy);
    } else if (!(problem instanceof Later) || failures >= TRIES) {
      this.halted = true;
      this.items.forEach((waiting) => this.mark(waiting, "failed"));
      return;
    }
    await pause(backoff(failures));
  }
}

/** `text` in parts that the server takes, cut where a paragraph, a sentence or a word ends. */
export function split(text) {
  const parts = [];
  let rest = text.trim();
  while (rest.length > LONGEST) {
    const at = cut(rest);
    parts.push(rest.slice(0, at).trim());
    rest = rest.slice(at).trim();
  }
  if (rest) parts.push(rest);
  return parts;
}

function cut(text) {
  const window = text.slice(0, LONGEST);
  for (const end of ["\n", ". ", "? ", "! ", " "]) {
    const found = window.lastIndexOf(end);
    if (found > LONGEST / 2) return found + end.length;
  }
  return signs(text);
}

/** Where the last whole sign that fits ends: never inside an emoji or before its accent. */
function signs(text) {
  if (!Intl.Segmenter) return LONGEST;
  let at = LONGEST;
  for (const { index } of new Intl.Segmenter().segment(text.slice(0, LONGEST + 64))) {
    if (index > LONGEST) break;
    at = index;
  }
  return at || LONGEST;
}

function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  // Where the page is not served securely, which is development on another machine.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
