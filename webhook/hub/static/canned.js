// Ready replies: type / and choose; the words go into the message, to be changed before sending.
export function ready(field, list, id) {
  let replies = null;
  let shown = [];
  let at = 0;

  const word = () => /(?:^|\s)\/([\w-]*)$/.exec(field.value.slice(0, field.selectionStart));

  async function update() {
    const found = word();
    if (!found) return close();
    try {
      replies ??= await (await fetch(`/hub/c/${id}/canned`)).json();
    } catch { return close(); }
    const wanted = found[1].toLowerCase();
    shown = replies.filter((reply) => reply.shortcut.startsWith(wanted));
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
    const start = end - word()[1].length - 1;
    field.setRangeText(shown[at].text, start, end, "end");
    close();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function close() {
    list.hidden = true;
    field.removeAttribute("aria-activedescendant");
  }

  field.addEventListener("input", update);
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (list.hidden) return;
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
