// What is new, by server-sent events; when they do not come through, by asking.
const QUIET_MS = 25000;
const POLL_MS = 3000;

export function follow({ conversation = "", place = "0.0", on, connection }) {
  let last = place;
  let source = null;
  let heard = Date.now();
  let polling = null;

  const tell = (name, data, id) => {
    if (id) last = id;
    on[name]?.(data);
  };

  const query = () => new URLSearchParams(conversation ? { conversation, place: last } : {});

  function open() {
    source?.close();
    source = new EventSource(`/hub/live?${query()}`);
    heard = Date.now();
    source.onopen = () => { heard = Date.now(); stopPolling(); connection(true); };
    // The browser tries again by itself; until it gets through we ask.
    source.onerror = startPolling;
    for (const name of ["counts", "items", "statuses", "scene", "typing", "lists", "erased", "signed_out"]) {
      source.addEventListener(name, (event) => {
        heard = Date.now();
        stopPolling();
        connection(true);
        tell(name, JSON.parse(event.data), event.lastEventId);
        if (name === "signed_out" || name === "erased") source.close();
      });
    }
  }

  async function ask() {
    try {
      const answer = await fetch(`/hub/news?${query()}`, { headers: { Accept: "application/json" } });
      if (answer.status === 401) { on.signed_out?.(); stopPolling(); return; }
      connection(answer.ok);
      if (answer.ok) for (const change of await answer.json()) tell(change.event, change.data, change.id);
    } catch { connection(false); }
  }

  function startPolling() {
    if (polling) return;
    connection(false);
    polling = setInterval(ask, POLL_MS);
    ask();
  }

  function stopPolling() {
    clearInterval(polling);
    polling = null;
  }

  setInterval(() => {
    if (source.readyState === EventSource.CLOSED || Date.now() - heard > QUIET_MS) {
      startPolling();
      open();
    }
  }, 5000);
  addEventListener("online", open);
  addEventListener("offline", () => connection(false));
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => { if (event.persisted) open(); });
  open();
}
