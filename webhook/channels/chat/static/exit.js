// The way out: blank at once, tell the server without waiting, replace this page by a neutral one.
// It stands alone and loads first, so that it works before anything else does.

const PRESSES = 3;
const PRESS_MS = 5000; // As long as GOV.UK gives between two presses of Shift.

const target = document.body.dataset.exit;
const framed = window.parent !== window;
let left = false;
let forget = () => null;

/** `forgetting` drops all that is held and returns `{url, token}` of the conversation, or null. */
export function whenLeaving(forgetting) {
  forget = forgetting;
}

/** Leave now. Nothing here waits for the network. */
export function leave() {
  if (left) return;
  left = true;
  blank();
  try {
    const held = forget();
    sessionStorage.clear();
    if (held) navigator.sendBeacon(held.url, new Blob([held.token], { type: "text/plain" }));
  } finally {
    go();
  }
}

function go() {
  if (framed) {
    // The page around us replaces itself; if it does not listen, the browser's way is tried too.
    window.parent.postMessage({ chat: "exit", to: target }, "*");
    try {
      window.top.location.replace(target);
    } catch {
      window.location.replace(target);
    }
    return;
  }
  window.location.replace(target);
}

function blank() {
  document.documentElement.classList.add("gone");
  const loading = document.createElement("p");
  loading.className = "blank unseen";
  loading.setAttribute("role", "alert");
  loading.textContent = "Loading.";
  document.body.replaceChildren(loading);
}

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element && event.target.closest("[data-leave]");
  if (!link) return;
  event.preventDefault();
  leave();
});

// Shift three times, on its own: as part of a capital letter it does not count.
let alone = false;
let presses = 0;
let timer = 0;

function say(text) {
  const status = document.getElementById("exit-status");
  if (status) status.textContent = text;
}

function again() {
  presses = 0;
  clearTimeout(timer);
}

document.addEventListener(
  "keydown",
  (event) => {
    if (event.key === "Shift") {
      if (!event.repeat) alone = true;
    } else {
      alone = false;
      again();
    }
  },
  true,
);
document.addEventListener(
  "pointerdown",
  () => {
    alone = false;
  },
  true,
);
document.addEventListener(
  "keyup",
  (event) => {
    if (event.key !== "Shift" || !alone) return;
    alone = false;
    presses += 1;
    clearTimeout(timer);
    if (presses >= PRESSES) {
      leave();
      return;
    }
    const more = PRESSES - presses;
    say(more === 1 ? "Shift, press 1 more time to exit." : `Shift, press ${more} more times to exit.`);
    timer = setTimeout(() => {
      again();
      say("Exit this page expired.");
    }, PRESS_MS);
  },
  true,
);

// The page around the frame was left, by its own Shift keys.
window.addEventListener("message", (event) => {
  if (framed && event.source === window.parent && event.data?.chat === "leave") leave();
});

document.documentElement.classList.add("live"); // Only now is it true that the keys work.

// However the page is left, Back must not show the talk: it is wiped on the way out, and a page
// that the browser kept is loaded anew (or left again).
window.addEventListener("pagehide", () => {
  if (left) return;
  forget();
  document.body.replaceChildren();
});
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  if (left) go();
  else window.location.reload();
});
