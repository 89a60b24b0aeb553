// A long form keeps what was filled in, sealed at the hub, so that a crash loses nothing.
const form = document.querySelector("[data-draft]");
const fields = () => [...form.elements].filter((field) => field.name && !("undrafted" in field.dataset));

function filled() {
  const found = {};
  for (const field of fields()) {
    if (field.type === "radio") { if (field.checked) found[field.name] = field.value; }
    else found[field.name] = field.type === "checkbox" ? field.checked : field.value;
  }
  return JSON.stringify(found);
}

if (form.dataset.saved) {
  const saved = JSON.parse(form.dataset.saved);
  for (const field of fields()) {
    if (!(field.name in saved)) continue;
    if (field.type === "radio") field.checked = field.value === saved[field.name];
    else if (field.type === "checkbox") field.checked = saved[field.name];
    else field.value = saved[field.name];
  }
}

let timer = null;
form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => fetch(`/hub/c/${form.dataset.conversationId}/draft`, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams({ kind: form.dataset.draft, text: filled() }),
  }).catch(() => {}), 400);
});
form.addEventListener("submit", () => clearTimeout(timer));
