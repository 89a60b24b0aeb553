// The door: the code of a link from the address's fragment, and passkeys.
const link = document.querySelector("[data-link]");
if (link && location.hash.length > 20) {
  link.elements.token.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
}

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

let at = "/hub/door/passkey"; // or where the button says

async function post(what, body) {
  const answer = await fetch(`${at}/${what}`, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json" },
    body: JSON.stringify(body ?? {}),
  });
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.problem ?? "That did not work.");
  return found;
}

const encoded = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function make() {
  const options = await post("new");
  options.challenge = bytes(options.challenge);
  options.user.id = bytes(options.user.id);
  for (const known of options.excludeCredentials ?? []) known.id = bytes(known.id);
  const made = await navigator.credentials.create({ publicKey: options });
  const { codes, go } = await post("add", {
    name: document.querySelector("[data-passkey-name]")?.value ?? "",
    id: made.id, rawId: made.id, type: made.type,
    response: { clientDataJSON: encoded(made.response.clientDataJSON), attestationObject: encoded(made.response.attestationObject) },
  });
  show(codes, go);
}

function show(codes, go) {
  if (!codes.length) { location.assign(go); return; }
  const card = document.createElement("section");
  card.className = "card narrow";
  document.getElementById("main").replaceChildren(card);
  const add = (tag, text) => { const made = document.createElement(tag); made.textContent = text; card.append(made); return made; };
  add("h1", "Keep these codes").tabIndex = -1;
  add("p", "Each signs you in once if your passkey is lost. They are shown only now. Keep them where nobody else looks.");
  const list = add("ol", "");
  list.className = "codes";
  for (const code of codes) { const item = document.createElement("li"); item.textContent = code; list.append(item); }
  const on = add("a", go === "/hub/" ? "Go to the hub" : "I have kept them");
  on.href = go;
  on.className = "button main";
  card.querySelector("h1").focus();
}

async function use() {
  const options = await post("ask");
  options.challenge = bytes(options.challenge);
  for (const known of options.allowCredentials ?? []) known.id = bytes(known.id);
  const used = await navigator.credentials.get({ publicKey: options });
  const { go } = await post("use", {
    id: used.id, rawId: used.id, type: used.type,
    response: {
      clientDataJSON: encoded(used.response.clientDataJSON),
      authenticatorData: encoded(used.response.authenticatorData),
      signature: encoded(used.response.signature),
      userHandle: used.response.userHandle ? encoded(used.response.userHandle) : null,
    },
  });
  location.assign(go);
}

for (const button of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  button.hidden = false;
  document.querySelector("[data-passkey-none]")?.remove();
  button.addEventListener("click", async () => {
    at = button.dataset.passkeyAt ?? at;
    const line = document.querySelector("[data-passkey-problem]");
    try {
      line.hidden = true;
      await (button.dataset.passkey === "new" ? make() : use());
    } catch (error) {
      line.textContent = error.name === "NotAllowedError" ? "The passkey was not used. Try again, or use a code." : error.message;
      line.hidden = false;
    }
  });
}
