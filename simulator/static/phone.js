// The phone page: one or more phones side by side, each with its own number and its own stream.

import { showText, updateText, describeParts } from "./bubbles.js";
import { setUpFaults } from "./faults.js";

const FIRST_NUMBER = "+447700900123";
const desk = document.getElementById("desk");
const template = document.getElementById("phone-template");

// "+" in an address means a space, so numbers typed there lose theirs.
function readNumbers() {
  const given = new URLSearchParams(location.search).getAll("number");
  const numbers = given.map(normalise).filter(Boolean);
  return numbers.length ? numbers : [FIRST_NUMBER];
}

function normalise(typed) {
  let digits = typed.replace(/[\s().-]/g, "");
  if (digits.startsWith("00")) digits = "+" + digits.slice(2);
  else if (digits.startsWith("0")) digits = "+44" + digits.slice(1);
  else if (digits && !digits.startsWith("+")) digits = "+" + digits;
  return /^\+[1-9]\d{6,14}$/.test(digits) ? digits : "";
}

function spaced(number) {
  return number.replace(/^(\+44)(\d{4})(\d{6})$/, "$1 $2 $3");
}

function rememberNumbers() {
  const query = new URLSearchParams();
  for (const phone of desk.children) query.append("number", phone.dataset.number);
  history.replaceState(null, "", "?" + query);
  desk.classList.toggle("several", desk.children.length > 1);
}

function nextFreeNumber() {
  const used = new Set([...desk.children].map((phone) => phone.dataset.number));
  for (let last = 124; last < 1000; last += 1) {
    const number = "+447700900" + last;
    if (!used.has(number)) return number;
  }
  return FIRST_NUMBER;
}

function addPhone(number, config) {
  const phone = template.content.firstElementChild.cloneNode(true);
  desk.append(phone);
  phone.querySelector(".contact").textContent = spaced(config.helpline_number);
  const part = (name) => phone.querySelector(name);
  const faults = setUpFaults(phone, () => phone.dataset.number);
  const stream = new Stream(part(".screen"), part(".link"), faults);

  const use = (chosen) => {
    phone.dataset.number = chosen;
    phone.setAttribute("aria-label", "Phone " + spaced(chosen));
    part(".number-form input").value = spaced(chosen);
    stream.open(chosen);
    faults.refresh();
    rememberNumbers();
  };
  setUpNumber(phone, use, stream);
  setUpComposer(phone, faults);
  use(number);
  return phone;
}

function setUpNumber(phone, use, stream) {
  const form = phone.querySelector(".number-form");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const number = normalise(form.elements.number.value);
    report(phone, number ? "" : "That is not a telephone number. Try 07700 900123.");
    if (number) use(number);
  });
  form.querySelector(".close").addEventListener("click", () => {
    stream.close();
    phone.remove();
    rememberNumbers();
    document.getElementById("add-phone").focus();
  });
}

function setUpComposer(phone, faults) {
  const form = phone.querySelector(".composer");
  const words = form.elements.body;
  const counter = form.querySelector(".counter");
  const resize = () => {
    words.style.height = "auto";
    words.style.height = Math.min(words.scrollHeight, 140) + "px";
    counter.textContent = words.value ? describeParts(words.value) : "";
  };
  words.addEventListener("input", resize);
  words.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!words.value.trim()) return;
    send(phone, { body: words.value }, faults);
    words.value = "";
    resize();
    words.focus();
  });
  form.querySelector(".picture").addEventListener("click", () => {
    const address = "https://api.twilio.com/2010-04-01/simulated-picture";
    send(phone, { media: [address] }, faults);
    words.focus();
  });
}

async function send(phone, text, faults) {
  report(phone, "");
  try {
    const response = await fetch("/simulator/inbound", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ from: phone.dataset.number, ...text }),
    });
    if (!response.ok) throw new Error(String(response.status));
    report(phone, problemWith(await response.json()));
  } catch {
    report(phone, "The simulator did not take the text. Is it still running?");
  }
  faults.refresh();
}

function problemWith(result) {
  if (result.held) return "Held back until the next text has overtaken it.";
  if (result.webhook_status === null) {
    return "The helpline could not be reached. Start it with: make run";
  }
  if (result.webhook_status >= 400) {
    return `The helpline refused the text (HTTP ${result.webhook_status}).`;
  }
  return "";
}

function report(phone, problem) {
  const place = phone.querySelector(".problem");
  place.textContent = problem;
  place.hidden = !problem;
}

// Follows one phone's events. The browser reconnects by itself, from the last event it saw.
class Stream {
  constructor(screen, link, faults) {
    this.screen = screen;
    this.faults = faults;
    this.link = link;
    this.source = null;
  }

  open(number) {
    this.close();
    this.clear();
    const source = new EventSource(`/simulator/phones/${encodeURIComponent(number)}/events`);
    source.addEventListener("open", () => this.say("", "connected"));
    source.addEventListener("error", () => this.say("Reconnecting", "broken"));
    source.addEventListener("message", (event) => {
      showText(this.screen, JSON.parse(event.data));
      this.faults.afterText();
    });
    source.addEventListener("status", (event) => {
      updateText(this.screen, JSON.parse(event.data));
      this.faults.afterText();
    });
    source.addEventListener("reset", () => {
      this.clear();
      this.faults.refresh();
    });
    this.source = source;
  }

  close() {
    if (this.source) this.source.close();
  }

  say(words, state) {
    this.link.textContent = words;
    this.link.dataset.state = state;
  }

  clear() {
    this.screen.querySelector(".bubbles").replaceChildren();
    this.screen.classList.remove("used");
  }
}

async function start() {
  const config = await (await fetch("/simulator/config")).json();
  readNumbers().forEach((number) => addPhone(number, config));
  desk.querySelector("textarea").focus();
  document.getElementById("add-phone").addEventListener("click", () => {
    addPhone(nextFreeNumber(), config).querySelector("textarea").focus();
  });
}

start();
