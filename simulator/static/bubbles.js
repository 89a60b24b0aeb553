// Bubbles: a text, how many parts it took, and how far it has got.

const STATUS = {
  accepted: ["Accepted", "clock"],
  queued: ["Queued", "clock"],
  scheduled: ["Scheduled", "clock"],
  sending: ["Sending", "clock"],
  sent: ["Sent", "one"],
  received: ["Sent", "one"],
  delivered: ["Delivered", "two"],
  undelivered: ["Not delivered", "cross"],
  failed: ["Failed", "cross"],
  canceled: ["Cancelled", "cross"],
};

const TICKS = {
  clock: "M12 7v5l3 2M12 4a8 8 0 1 0 0 16a8 8 0 1 0 0-16",
  one: "M6 12l4 4l8-8",
  two: "M2 12l4 4l8-8M10 16l8-8",
  cross: "M7 7l10 10M17 7L7 17",
};

const EXTENDED = /[\f^{}\\[~\]|€]/g;
const GSM =
  /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà\f^{}\\[~\]|€]*$/;

// A guide while typing; the carrier's own count is on the bubble once it is sent.
export function describeParts(words) {
  const gsm = GSM.test(words);
  const units = gsm ? words.length + (words.match(EXTENDED) || []).length : words.length;
  const [whole, joined] = gsm ? [160, 153] : [70, 67];
  const parts = units <= whole ? 1 : Math.ceil(units / joined);
  return `${units} ${units === 1 ? "character" : "characters"} · ${inParts(parts)}`;
}

function inParts(count) {
  return count === 1 ? "1 part" : `${count} parts`;
}

export function showText(screen, text) {
  const list = screen.querySelector(".bubbles");
  if (find(list, text.sid)) return;
  const bubble = document.createElement("li");
  bubble.className = "bubble " + (text.direction === "inbound" ? "mine" : "theirs");
  bubble.dataset.sid = text.sid;
  if (text.media.length) bubble.append(picture(text.media.length));
  if (text.body) bubble.append(element("p", "body", text.body));
  bubble.append(element("p", "meta", ""));
  list.append(bubble);
  describe(bubble, text);
  screen.classList.add("used");
  // The screen's column is reversed, so nought is its end.
  if (text.direction === "inbound") screen.scrollTop = 0;
}

export function updateText(screen, text) {
  const bubble = find(screen.querySelector(".bubbles"), text.sid);
  if (bubble) describe(bubble, text);
}

function find(list, sid) {
  return [...list.children].find((bubble) => bubble.dataset.sid === sid);
}

function describe(bubble, text) {
  const [words, tick] = STATUS[text.status] || [text.status, "clock"];
  const code = text.error_code ? ` (${text.error_code})` : "";
  const time = new Date(text.date_created);
  const clock = time.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  bubble.dataset.status = text.status;
  const status = element("span", "status", words + code);
  status.prepend(icon(TICKS[tick]));
  const who = element("span", "unseen", text.direction === "inbound" ? "You, " : "Reply, ");
  const parts = element("span", "parts", `${inParts(text.segments)} · ${text.encoding}`);
  const when = element("time", "", clock);
  when.dateTime = text.date_created;
  bubble.querySelector(".meta").replaceChildren(who, when, parts, status);
}

function picture(count) {
  const place = element("p", "picture-sent", count === 1 ? "Picture" : `${count} pictures`);
  place.prepend(icon("M3 6h18v12H3zM4 17l6-5l4 3l3-2l3 3M9 10h.01"));
  return place;
}

function icon(path) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

function element(name, className, words) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = words;
  return made;
}
