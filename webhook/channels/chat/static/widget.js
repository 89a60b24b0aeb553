// Puts the chat on a partner's page: a button, and behind it our page in a frame.
// <script src="https://…/chat/widget.js" data-area="leeds" defer></script>
(() => {
  const script = document.currentScript;
  const home = new URL(script.src).origin;
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  // In a shadow tree, with every inherited property reset, the page's own styles do not reach us.
  sheet.replaceSync(`
    :host { all: initial !important; position: fixed !important; z-index: 2147483000 !important;
      inset-block-end: 1rem !important; inset-inline-end: 1rem !important; }
    button { min-height: 44px; padding: .5rem 1.25rem; border: 2px solid #fff; cursor: pointer;
      border-radius: 2rem; color: #fff; background: #1c5c68; font: 600 1.0625rem/1.2 system-ui,
      sans-serif; box-shadow: 0 2px 8px rgb(0 0 0 / .3); }
    button:focus-visible { outline: 3px solid #0b4fd0; outline-offset: 2px; }
    .panel { position: fixed; inset-block-end: 1rem; inset-inline-end: 1rem;
      width: min(25rem, calc(100vw - 2rem)); height: min(42rem, calc(100dvh - 2rem));
      display: flex; flex-direction: column; background: #f6f4ef; border-radius: 1rem;
      overflow: hidden; box-shadow: 0 4px 24px rgb(0 0 0 / .35); }
    .panel[hidden], button[hidden] { display: none; }
    .panel button { align-self: end; margin: .25rem; padding: .25rem 1rem; background: #47545f;
      box-shadow: none; font-size: .9375rem; }
    iframe { flex: 1; width: 100%; border: 0; }
    @media (max-width: 36rem), (max-height: 30rem) {
      .panel { inset: 0; width: 100%; height: 100dvh; border-radius: 0; } }
  `);
  root.adoptedStyleSheets = [sheet];

  const make = (tag, text) => {
    const made = document.createElement(tag);
    if (text) {
      made.type = "button";
      made.textContent = text;
    }
    return made;
  };
  const show = make("button", "Chat");
  const panel = make("div");
  const hide = make("button", "Hide");
  let frame = null;
  panel.className = "panel";
  panel.hidden = true;
  panel.append(hide);
  root.append(show, panel);
  document.body.append(host);

  const turn = (open) => {
    panel.hidden = !open;
    show.hidden = open;
    (open ? frame : show).focus();
  };
  show.addEventListener("click", () => {
    if (!frame) {
      // Nothing of ours is loaded, and nobody learns of a visit, before it is asked for.
      frame = make("iframe");
      frame.title = "Chat";
      frame.referrerPolicy = "no-referrer";
      const told = { partner: window.location.origin, area: script.dataset.area || "" };
      frame.src = `${home}/chat/frame#${new URLSearchParams(told)}`;
      panel.append(frame);
    }
    turn(true);
  });
  hide.addEventListener("click", () => turn(false));

  const ANSWER_MS = 1000;
  let giveUp = 0;
  const blank = () => document.documentElement.style.setProperty("display", "none", "important");
  const leave = (to) => {
    clearTimeout(giveUp);
    blank();
    window.location.replace(to);
  };
  window.addEventListener("message", (event) => {
    if (event.origin !== home || event.source !== frame?.contentWindow) return;
    if (event.data?.chat === "exit" && /^https?:/.test(event.data.to)) leave(event.data.to);
  });

  // Shift three times, also while this page has the focus.
  let alone = false;
  let presses = 0;
  let last = 0;
  window.addEventListener(
    "keydown",
    (event) => {
      alone = event.key === "Shift";
      if (!alone) presses = 0;
    },
    true,
  );
  window.addEventListener(
    "keyup",
    (event) => {
      if (event.key !== "Shift" || !alone || panel.hidden) return;
      presses = Date.now() - last < 5000 ? presses + 1 : 1;
      last = Date.now();
      if (presses < 3) return;
      blank();
      // The frame tells the server and answers where to go. Leaving before it has heard this would
      // take it away with the page, and the helpline would write on; a frame that says nothing
      // (it never loaded) does not hold anybody here.
      frame.contentWindow.postMessage({ chat: "leave" }, home);
      giveUp = setTimeout(leave, ANSWER_MS, `${home}/chat/exit`);
    },
    true,
  );
})();
