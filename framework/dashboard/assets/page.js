/* Keeps an open page up to date: times advance by themselves, and the server sends the parts that changed. */

(() => {
  const { root, page, zone, now: sentAt } = document.body.dataset;
  const ahead = Number(sentAt) - Date.now();
  const now = () => Date.now() + ahead;
  const policy = globalThis.trustedTypes?.createPolicy("laju", { createHTML: (text) => text });
  const trusted = (text) => (policy ? policy.createHTML(text) : text);
  const byId = (id) => document.getElementById(id);

  const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: zone });
  const padded = (count, unit) => (count === 0 ? "" : ` ${String(count).padStart(2, "0")}${unit}`);

  /** Formats a duration as laju's formatDuration does, in whole seconds. */
  function duration(seconds) {
    const minutes = Math.floor(seconds / 60);
    const hours = Math.floor(minutes / 60);
    if (minutes < 1) return `${seconds}s`;
    if (hours < 1) return `${minutes}m${padded(seconds % 60, "s")}`;
    if (hours < 24) return `${hours}h${padded(minutes % 60, "m")}`;
    return `${Math.floor(hours / 24)}d${hours % 24 === 0 ? "" : ` ${hours % 24}h`}`;
  }

  /** Shows seconds only for times under a minute. */
  const rounded = (seconds) => (seconds < 60 ? seconds : seconds - (seconds % 60));

  function relative({ dateTime, dataset }) {
    const seconds = Math.floor((now() - Date.parse(dateTime)) / 1_000);
    if ("for" in dataset) return duration(Math.max(0, seconds));
    if ("in" in dataset) return seconds >= 0 ? "due" : `in ${duration(Math.max(1, rounded(-seconds)))}`;
    return seconds < 1 ? "now" : `${duration(rounded(seconds))} ago`;
  }

  function tick() {
    for (const time of document.querySelectorAll("time[data-ago], time[data-in], time[data-for]")) {
      const text = relative(time);
      if (time.textContent !== text) time.textContent = text;
    }
    for (const bar of document.querySelectorAll("progress[data-since]")) {
      bar.value = Math.min(bar.max, now() - Number(bar.dataset.since));
    }
    byId("clock").textContent = clock.format(now());
  }

  let { version } = document.body.dataset;

  function fragment(text) {
    const template = document.createElement("template");
    template.innerHTML = trusted(text);
    return template.content;
  }

  /** Replaces an element, and keeps the keyboard focus if it was inside. */
  function replace(old, fresh) {
    const controls = (within) => [...within.querySelectorAll("a, button, input, select")];
    const index = controls(old).indexOf(document.activeElement);
    old.replaceWith(fresh);
    controls(fresh)[index]?.focus();
  }

  function apply({ html, lists, last, next }) {
    if (last !== version) return reload();
    const fresh = new Map(Object.entries(html).map(([id, text]) => [id, fragment(text).firstElementChild]));
    for (const [id, element] of fresh) if (byId(id)) replace(byId(id), element);
    for (const [id, order] of Object.entries(lists)) arrange(byId(id), order, fresh);
    version = next;
    filterRows();
    return tick();
  }

  function arrange(list, order, fresh) {
    const focused = document.activeElement;
    list?.replaceChildren(...order.map((id) => byId(id) ?? fresh.get(id)).filter(Boolean));
    if (document.activeElement !== focused) focused.focus();
  }

  let reloading;

  /** Reloads the page when too much has changed to send as an update. */
  function reload() {
    reloading ??= load().finally(() => {
      reloading = undefined;
    });
    return reloading;
  }

  async function load() {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    // While the dashboard restarts, a proxy answers with an error page. Showing that page would end all updates,
    // because it doesn't contain this script.
    if (answer.status >= 500) throw new Error(`status ${answer.status}`);
    if (answer.redirected || !answer.ok) return location.reload();
    const fresh = new DOMParser().parseFromString(trusted(await answer.text()), "text/html");
    replace(byId("main"), fresh.getElementById("main"));
    version = fresh.body.dataset.version;
    filterRows();
    return tick();
  }

  /*
   * A browser has only six connections per server for all tabs. So of the tabs that show the same page, only one
   * listens for changes and passes them on.
   */

  const name = `laju ${new URL(root, location.href).pathname} ${page}`;
  const channel = new BroadcastChannel(name);
  let turn;
  let stream;
  let delay = 1_000;

  function say(state, text) {
    document.body.classList.toggle("is-live", state === "live");
    document.body.classList.toggle("is-away", state === "away");
    if (byId("live").textContent !== text) byId("live").textContent = text;
  }

  function hear(event, data) {
    if (event === "hello") return stream && tell("ready", version);
    if (event === "away") return say("away", "reconnecting");
    say("live", "live");
    return event === "change" ? apply(data) : data !== version && reload();
  }

  function tell(event, data) {
    channel.postMessage([event, data]);
    return event === "ready" ? undefined : hear(event, data);
  }
  channel.onmessage = ({ data }) => document.hidden || hear(...data);

  /** A tab waits for its turn to listen only while it is visible. */
  function connect() {
    if (document.hidden || turn || page === undefined) return;
    turn = new AbortController();
    const { signal } = turn;
    const lead = () =>
      new Promise((end) => {
        signal.addEventListener("abort", end);
        void listen(signal);
      });
    channel.postMessage(["hello"]);
    if (navigator.locks) navigator.locks.request(name, { signal }, lead).catch(() => {});
    else void lead();
  }

  /**
   * Only three pages listen at a time, which leaves connections for loading pages. All other pages poll occasionally.
   */
  async function listen(signal) {
    const isFree = !navigator.locks || (await takeSlot(signal));
    if (signal.aborted) return;
    if (!isFree) {
      say("live", "every 10s");
      tell("ready", version);
      setTimeout(
        () =>
          signal.aborted ||
          reload()
            .catch(tick)
            .finally(() => listen(signal)),
        10_000,
      );
      return;
    }
    stream = new EventSource(`${root}events?${new URLSearchParams({ page, version })}`);
    stream.addEventListener("ready", () => {
      delay = 1_000;
      say("live", "live");
      tell("ready", version);
    });
    stream.addEventListener("change", ({ data }) => tell("change", JSON.parse(data)));
    stream.addEventListener("reload", () => reload().then(() => tell("ready", version), retry));
    stream.onerror = () => {
      // The server refused: the visitor has to sign in again, or too many pages are live and this one has to poll.
      if (stream.readyState === EventSource.CLOSED) reload().catch(tick);
      retry();
    };
  }

  function retry() {
    disconnect();
    tell("away");
    setTimeout(connect, delay * (0.5 + Math.random()));
    delay = Math.min(delay * 2, 30_000);
  }

  async function takeSlot(signal) {
    const untilAborted = () => new Promise((end) => signal.addEventListener("abort", end));
    for (const slot of ["laju 1", "laju 2", "laju 3"]) {
      const isTaken = await new Promise((answer) => {
        navigator.locks.request(slot, { ifAvailable: true }, (lock) => {
          answer(lock !== null);
          return lock && untilAborted();
        });
      });
      if (isTaken) return true;
    }
    return false;
  }

  function disconnect() {
    stream?.close();
    stream = undefined;
    turn?.abort();
    turn = undefined;
  }

  function show() {
    tick();
    connect();
  }

  function filterRows() {
    const filter = document.querySelector("[data-filter]");
    if (!filter) return;
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of document.querySelectorAll("tbody[data-list] > tr:not(.group)")) {
      const text = row.querySelector("th").textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown += 1;
    }
    byId("none").hidden = shown > 0;
  }

  document.addEventListener("input", ({ target }) => target.matches("[data-filter]") && filterRows());
  document.addEventListener("keydown", (event) => {
    const filter = document.querySelector("[data-filter]");
    const isText = event.ctrlKey || event.metaKey || event.target.closest("input, textarea, select");
    if (event.key !== "/" || isText || !filter) return;
    event.preventDefault();
    filter.focus();
  });
  document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : show()));
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", show);
  setInterval(() => document.hidden || tick(), 1_000);

  show();
})();
