// The drawer: set faults for this phone, see which are in force, lift them.

export function setUpFaults(phone, numberOf) {
  const form = phone.querySelector(".fault-form");
  const list = phone.querySelector(".faults");
  const names = new Map([...form.elements.kind.options].map((o) => [o.value, o.textContent]));

  async function refresh() {
    const response = await fetch("/simulator/faults");
    const faults = await response.json();
    const ours = faults.filter((fault) => !fault.number || fault.number === numberOf());
    list.replaceChildren(...ours.map(row));
    phone.querySelector(".drawer").classList.toggle("armed", ours.length > 0);
  }

  function row(fault) {
    const item = document.createElement("li");
    const left = fault.count === null ? "every message" : `${fault.count} left`;
    const whose = fault.number ? "" : ", all phones";
    const words = document.createElement("span");
    words.textContent = `${names.get(fault.kind) || fault.kind}: ${left}${whose}`;
    const lift = document.createElement("button");
    lift.type = "button";
    lift.className = "quiet";
    lift.textContent = "Lift";
    lift.setAttribute("aria-label", "Lift: " + words.textContent);
    lift.addEventListener("click", async () => {
      await fetch("/simulator/faults/" + fault.id, { method: "DELETE" });
      await refresh();
    });
    item.append(words, lift);
    return item;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const count = form.elements.count.value;
    await fetch("/simulator/faults", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        kind: form.elements.kind.value,
        number: numberOf(),
        count: count ? Number(count) : null,
      }),
    });
    await refresh();
  });

  phone.querySelector(".drawer").addEventListener("toggle", refresh);
  // A text may have used a fault up; without one in force there is nothing to ask.
  const afterText = () => list.children.length && refresh();
  return { refresh, afterText };
}
