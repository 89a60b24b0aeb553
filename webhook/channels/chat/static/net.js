// Talking to the server: requests with the conversation's token, and its stream of events.

const API = "/chat/api/conversations";
const ANSWER_MS = 15000;
const SILENCE_MS = 40000; // The server says something every 15 seconds at least.
const LONGEST_MS = 20000;

/** The conversation is not there any more, or has ended. */
export class Gone extends Error {}
/** The server will never take this request. */
export class Refused extends Error {}
/** No answer, or not now: the same request may succeed later. */
export class Later extends Error {
  constructor(busy = false) {
    super("later");
    this.busy = busy;
  }
}

async function post(path, body, token) {
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  let answer;
  try {
    answer = await fetch(API + path, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      keepalive: true,
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (answer.ok) return answer.status === 204 ? null : await answer.json();
  } catch {
    throw new Later();
  }
  if (answer.status === 404 || answer.status === 409) throw new Gone();
  if (answer.status === 429 || answer.status >= 500) throw new Later(answer.status === 429);
  throw new Refused();
}

export const open = (about) => post("", about);
export const send = (held, message) => post(`/${held.id}/messages`, message, held.token);
export const typing = (held) => post(`/${held.id}/typing`, {}, held.token);
export const erase = (held) => post(`/${held.id}/erase`, {}, held.token);
export const exitUrl = (held) => `${API}/${held.id}/exit`;

/** A wait that grows with each failure and is never the same for two people, in milliseconds. */
export function backoff(failures) {
  const longest = Math.min(LONGEST_MS, 500 * 2 ** failures);
  return longest * (0.5 + Math.random() / 2);
}

/** A wait that the return of the network ends early. */
export function pause(milliseconds) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    window.addEventListener("online", done);
  });
}

/** Follows a conversation until it is over; after a break it goes on from the last message. */
export class Stream {
  constructor(held, onEvent, onConnected) {
    this.held = held;
    this.onEvent = onEvent;
    this.onConnected = onConnected;
    this.last = 0;
    this.stopped = false;
    this.cut = () => this.breaking?.abort();
  }

  async run() {
    let failures = 0;
    window.addEventListener("offline", this.cut);
    while (!this.stopped) {
      try {
        await this.follow(() => {
          failures = 0;
          this.onConnected(true);
        });
      } catch {
        // The connection broke: the loop makes a new one.
      }
      if (this.stopped) break;
      this.onConnected(false);
      await pause(backoff(failures));
      failures += 1;
    }
    window.removeEventListener("offline", this.cut);
  }

  stop() {
    this.stopped = true;
    this.cut();
  }

  async follow(connected) {
    this.breaking = new AbortController();
    let watch = setTimeout(this.cut, SILENCE_MS);
    try {
      const answer = await fetch(`${API}/${this.held.id}/events`, {
        headers: {
          Authorization: `Bearer ${this.held.token}`,
          "Last-Event-ID": String(this.last),
        },
        cache: "no-store",
        credentials: "omit",
        signal: this.breaking.signal,
      });
      if (answer.status === 404) {
        this.handle("erased", {});
        return;
      }
      if (!answer.ok) return;
      connected();
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done || this.stopped) return;
        clearTimeout(watch);
        watch = setTimeout(this.cut, SILENCE_MS);
        const blocks = (rest + value).split("\n\n");
        rest = blocks.pop();
        blocks.forEach((block) => this.read(block));
      }
    } finally {
      clearTimeout(watch);
    }
  }

  read(block) {
    const fields = {};
    for (const line of block.split("\n")) {
      const colon = line.indexOf(": ");
      if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 2);
    }
    if (!fields.event) return;
    this.handle(fields.event, JSON.parse(fields.data));
    if (fields.id) this.last = Number(fields.id);
  }

  handle(name, data) {
    if (this.stopped) return;
    if (name === "erased" || name === "ended") this.stop();
    this.onEvent(name, data);
  }
}
