// One conversation: the transcript as it grows, writing to the person, notes, the number.
import { on } from "/hub/static/main.js";
import { counted } from "/hub/static/segments.js";
import { ready } from "/hub/static/canned.js";

const id = document.body.dataset.conversation;
const log = document.querySelector("[data-log]");
const composer = document.querySelector("[data-composer]");
const reply = document.getElementById("reply");
const names = { emergency: "Emergency", urgent: "Urgent", standard: "Standard" };
let waitingId = null;
let typingUntil = null;
// A form on its way must not be cut off by the page renewing itself.
let leaving = false;
addEventListener("submit", (event) => { if (!event.defaultPrevented) leaving = true; });
addEventListener("pageshow", () => { leaving = false; });

const nearEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 120;
log.scrollTop = log.scrollHeight;

on.items = ({ html, authors }) => {
  const stay = nearEnd();
  const holder = document.createElement("template");
  holder.innerHTML = html;
  for (const item of holder.content.querySelectorAll("[data-seq], [data-entry]")) {
    const same = item.dataset.seq ? `[data-seq="${item.dataset.seq}"]` : `[data-entry="${item.dataset.entry}"]`;
    if (!log.querySelector(same)) log.append(item);
  }
  if (stay) log.scrollTop = log.scrollHeight;
  if (authors.includes("person")) document.querySelector("[data-typing]").textContent = "";
};

on.statuses = (statuses) => {
  for (const [seq, html] of Object.entries(statuses)) {
    const line = log.querySelector(`[data-seq="${seq}"] [data-status]`);
    if (line) line.textContent = html.trim();
  }
};

on.scene = (scene) => {
  document.querySelector("[data-others]").textContent = scene.others.join(". ");
  const holder = document.querySelector("[data-scene=holder]");
  holder.textContent = scene.closed ? "Closed" : scene.mine ? "With you" : scene.holder ? `With ${scene.holder}` : scene.mode === "waiting" ? "Waiting for a person" : "With the automated helper";
  const badge = document.querySelector("[data-scene=triage]");
  badge.className = `badge ${scene.triage}`;
  badge.textContent = names[scene.triage];
  for (const line of document.querySelectorAll("[data-when]")) line.hidden = !scene[line.dataset.when];
  const override = document.querySelector("[data-override]");
  if (override) override.hidden = !scene.quiet;
  if (composer && composer.hidden === scene.mine && !scene.closed && !leaving) location.reload();
};

on.typing = () => {
  document.querySelector("[data-typing]").textContent = "The person is typing …";
  clearTimeout(typingUntil);
  typingUntil = setTimeout(() => { document.querySelector("[data-typing]").textContent = ""; }, 6000);
};

on.erased = () => {
  document.getElementById("main").textContent = "The person had this conversation deleted.";
};

async function post(what, fields) {
  const answer = await fetch(`/hub/c/${id}/${what}`, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams(fields),
  });
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(found.problem ?? "That did not work. Try again.");
  return found;
}

function problem(form, text) {
  const line = form.querySelector("[data-problem]");
  line.hidden = !text;
  line.textContent = text;
}

async function send() {
  const text = reply.value.trim();
  if (!text || composer.dataset.busy) return;
  composer.dataset.busy = "1";
  // The same words keep their id until they are through, so trying again cannot send them twice.
  waitingId ??= crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  try {
    const quiet = !document.querySelector("[data-override]").hidden;
    await post("say", {
      text: reply.value,
      client_id: waitingId,
      override: quiet ? document.getElementById("override").value : "",
      override_words: quiet ? document.getElementById("override-words").value : "",
    });
    waitingId = null;
    reply.value = "";
    count();
    problem(composer, "");
  } catch (error) {
    problem(composer, error.message);
  }
  delete composer.dataset.busy;
  reply.focus();
}

function count() {
  const line = document.querySelector("[data-segments]");
  if (document.body.dataset.channel !== "sms") { line.textContent = ""; return; }
  const { segments, encoding, left } = counted(reply.value);
  line.textContent = reply.value ? `${segments} text${segments === 1 ? "" : "s"}, ${left} left${encoding === "UCS-2" ? ", special characters" : ""}` : "";
}

let typed = 0;
let saving = null;
function keep(kind, field) {
  clearTimeout(saving);
  saving = setTimeout(() => post("draft", { kind, text: field.value }).catch(() => {}), 600);
}

if (composer) {
  composer.addEventListener("submit", (event) => { event.preventDefault(); send(); });
  reply.addEventListener("keydown", (event) => {
    if (!event.defaultPrevented && event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); send(); }
  });
  reply.addEventListener("input", () => {
    waitingId = null;
    count();
    keep("reply", reply);
    if (Date.now() - typed > 3000) { typed = Date.now(); post("typing", {}).catch(() => {}); }
  });
  count();
  ready(reply, document.getElementById("canned"), id);
  const note = document.getElementById("note");
  note.addEventListener("input", () => keep("note", note));
  document.querySelector("[data-note]").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await post("note", { text: note.value });
      note.value = "";
      problem(event.target, "");
    } catch (error) { problem(event.target, error.message); }
  });
}

document.querySelector("[data-find]")?.addEventListener("input", (event) => {
  const wanted = event.target.value.toLowerCase();
  for (const card of document.querySelectorAll("[data-card]")) card.hidden = !card.textContent.toLowerCase().includes(wanted);
});
for (const button of document.querySelectorAll("[data-put]")) {
  button.addEventListener("click", () => {
    reply.value = [reply.value.trimEnd(), button.dataset.put].filter(Boolean).join(" ");
    reply.dispatchEvent(new Event("input", { bubbles: true }));
    reply.focus();
  });
}

document.querySelector("[data-reveal]")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const { number } = await post("reveal", new FormData(event.target));
    document.querySelector("[data-number]").textContent = number;
    problem(event.target, "");
    event.target.closest("details").open = false;
  } catch (error) { problem(event.target, error.message); }
});
