// Ready replies: type / and choose; the words go into the message, to be changed before sending.
export function ready(field, list, id) {
  let replies = null;
  let shown = [];
  let at = 0;

  // What was typed after the last slash, or null where no such word ends at the cursor.
  const word = () => /(?:^|\s)\/([\w-]*)$/.exec(field.value.slice(0, field.selectionStart))?.[1] ?? null;

  async function load() {
    try {
      return await (await fetch(`/hub/c/${id}/canned`)).json();
    } catch {
      replies = null; // Asked again at the next letter.
      return [];
    }
  }

  async function update() {
    if (word() === null) return close();
    const known = await (replies ??= load());
    // While they were on their way the person may have typed on, chosen or left the field.
    const wanted = document.activeElement === field ? word()?.toLowerCase() ?? null : null;
    if (wanted === null) return close();
    shown = known.filter((reply) => reply.shortcut.startsWith(wanted));
    if (!shown.length) return close();
    at = 0;
    draw();
  }

  function draw() {
    list.replaceChildren(...shown.map((reply, index) => {
      const item = document.createElement("li");
      item.id = `canned-${index}`;
      item.role = "option";
      item.ariaSelected = String(index === at);
      item.textContent = `/${reply.shortcut}${reply.language === "en" ? "" : ` (${reply.language})`}: ${reply.text}`;
      item.addEventListener("mousedown", (event) => { event.preventDefault(); at = index; choose(); });
      return item;
    }));
    list.hidden = false;
    field.setAttribute("aria-activedescendant", `canned-${at}`);
  }

  function choose() {
    const end = field.selectionStart;
    const typed = word();
    close();
    if (typed === null) return;
    field.setRangeText(shown[at].text, end - typed.length - 1, end, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function close() {
    list.hidden = true;
    field.removeAttribute("aria-activedescendant");
  }

  field.addEventListener("input", update);
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.ctrlKey || event.metaKey) return;
    const act = {
      ArrowDown: () => { at = (at + 1) % shown.length; draw(); },
      ArrowUp: () => { at = (at + shown.length - 1) % shown.length; draw(); },
      Enter: choose,
      Tab: choose,
      Escape: close,
    }[event.key];
    if (act) { event.preventDefault(); event.stopImmediatePropagation(); act(); }
  });
}
