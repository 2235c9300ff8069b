/* Keeps an open page up to date: times advance by themselves, and the server sends the parts that changed. */

(() => {
  const { root, page } = document.body.dataset;
  const ahead = Number(document.body.dataset.now) - Date.now();
  const now = () => Date.now() + ahead;
  const policy = globalThis.trustedTypes?.createPolicy("laju", { createHTML: (text) => text });
  const byId = (id) => document.getElementById(id);
  let version = document.body.dataset.version;
  let stream;
  let release;
  let isConnecting = false;
  let delay = 1_000;

  /* --- Times ------------------------------------------------------------------------------------------------------- */

  const pair = (large, unit, small, smallUnit) =>
    small === 0 ? `${large}${unit}` : `${large}${unit} ${String(small).padStart(2, "0")}${smallUnit}`;

  /** The same text as laju's formatDuration, in whole seconds. */
  function duration(seconds) {
    if (seconds < 60) return `${seconds}s`;
    if (seconds < 3_600) return pair(Math.floor(seconds / 60), "m", seconds % 60, "s");
    const minutes = Math.floor(seconds / 60);
    if (minutes < 1_440) return pair(Math.floor(minutes / 60), "h", minutes % 60, "m");
    const hours = Math.floor(minutes / 60);
    return `${Math.floor(hours / 24)}d${hours % 24 === 0 ? "" : ` ${hours % 24}h`}`;
  }

  /** Seconds are noise, except in the last minute. */
  const rounded = (seconds) => (seconds < 60 ? seconds : seconds - (seconds % 60));

  function tick() {
    for (const time of document.querySelectorAll("time[data-ago], time[data-in], time[data-for]")) {
      const seconds = Math.floor((now() - Date.parse(time.dateTime)) / 1_000);
      const text =
        "ago" in time.dataset
          ? seconds < 1
            ? "now"
            : `${duration(rounded(seconds))} ago`
          : "in" in time.dataset
            ? seconds >= 0
              ? "due"
              : `in ${duration(Math.max(1, rounded(-seconds)))}`
            : duration(Math.max(0, seconds));
      if (time.textContent !== text) time.textContent = text;
    }
    for (const bar of document.querySelectorAll("progress[data-since]")) {
      bar.value = Math.min(bar.max, now() - Number(bar.dataset.since));
    }
    const clock = byId("clock");
    if (clock) clock.textContent = clockText.format(now());
  }
  const zone = document.body.dataset.zone;
  const clockText = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: zone });
  setInterval(() => document.hidden || tick(), 1_000);

  /* --- Changes ----------------------------------------------------------------------------------------------------- */

  function elementOf(text) {
    const template = document.createElement("template");
    template.innerHTML = policy ? policy.createHTML(text) : text;
    return template.content.firstElementChild;
  }

  /** Replaces an element. If it contained the keyboard focus, the new one does too. */
  function replace(old, fresh) {
    const focused = old.contains(document.activeElement) ? document.activeElement : undefined;
    const index = focused ? [...old.querySelectorAll("a, button, input, select")].indexOf(focused) : -1;
    old.replaceWith(fresh);
    if (index >= 0) fresh.querySelectorAll("a, button, input, select")[index]?.focus();
  }

  function apply({ html, lists, next }) {
    const fresh = new Map(Object.entries(html).map(([id, text]) => [id, elementOf(text)]));
    for (const [id, element] of fresh) if (byId(id)) replace(byId(id), element);
    for (const [id, order] of Object.entries(lists)) arrange(byId(id), order, fresh);
    version = next;
    filterRows();
    tick();
  }

  function arrange(list, order, fresh) {
    if (list === null) return;
    const wanted = order.map((id) => byId(id) ?? fresh.get(id)).filter(Boolean);
    for (const row of [...list.children]) if (!wanted.includes(row)) row.remove();
    wanted.forEach((row, index) => {
      if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
    });
  }

  /** Loads the page again, when too much has changed to send. */
  async function reload() {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (answer.redirected || !answer.ok) return location.reload();
    const text = await answer.text();
    const fresh = new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, "text/html");
    replace(byId("main"), fresh.getElementById("main"));
    version = fresh.body.dataset.version;
    filterRows();
    tick();
    return undefined;
  }

  function say(state, text) {
    document.body.classList.toggle("is-live", state === "live");
    document.body.classList.toggle("is-away", state === "away");
    if (byId("live").textContent !== text) byId("live").textContent = text;
  }

  /**
   * Browsers allow six connections per server across all tabs. Three may be live; other pages poll
   * occasionally.
   */
  async function freeSlot() {
    if (!navigator.locks) return () => {};
    for (const slot of ["laju 1", "laju 2", "laju 3"]) {
      const release = await new Promise((resolve) => {
        void navigator.locks.request(slot, { ifAvailable: true }, (lock) => {
          if (lock === null) return resolve(undefined);
          return new Promise((end) => resolve(end));
        });
      });
      if (release) return release;
    }
    return undefined;
  }

  /** Only visible pages keep a connection. */
  async function connect() {
    if (document.hidden || stream || isConnecting || page === undefined) return;
    isConnecting = true;
    release = await freeSlot();
    isConnecting = false;
    if (release === undefined) {
      say("live", "every 10s");
      setTimeout(() => document.hidden || reload().then(connect, connect), 10_000);
      return;
    }
    if (document.hidden) return disconnect();
    stream = new EventSource(`${root}events?${new URLSearchParams({ page, version })}`);
    stream.addEventListener("ready", () => {
      delay = 1_000;
      say("live", "live");
    });
    stream.addEventListener("change", ({ data }) => apply(JSON.parse(data)));
    stream.addEventListener("reload", () => void reload().catch(disconnect));
    stream.onerror = () => {
      disconnect();
      say("away", "reconnecting");
      setTimeout(connect, delay * (0.5 + Math.random()));
      delay = Math.min(delay * 2, 30_000);
    };
  }

  function disconnect() {
    stream?.close();
    stream = undefined;
    release?.();
    release = undefined;
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return disconnect();
    tick();
    return connect();
  });
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", connect);

  /* --- Filter ------------------------------------------------------------------------------------------------------ */

  const filter = document.querySelector("[data-filter]");

  function filterRows() {
    if (!filter) return;
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of document.querySelectorAll("tbody[data-list] > tr:not(.group)")) {
      const text = row.querySelector("th").textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown += 1;
    }
    if (byId("none")) byId("none").hidden = shown > 0;
  }

  filter?.addEventListener("input", filterRows);
  document.addEventListener("keydown", (event) => {
    if (
      event.key !== "/" ||
      event.ctrlKey ||
      event.metaKey ||
      event.target.closest("input, textarea, select")
    )
      return;
    if (!filter) return;
    event.preventDefault();
    filter.focus();
  });

  /* --- A run's log ------------------------------------------------------------------------------------------------- */

  const most = 5_000;
  let tail;

  function startLog() {
    const log = document.querySelector("[data-log]");
    const pre = document.querySelector(".log");
    if (!pre) return;
    const isOn = (id) => byId(id)?.checked === true;
    byId("wrap")?.addEventListener("change", () => document.body.classList.toggle("no-wrap", !isOn("wrap")));
    byId("numbers")?.addEventListener("change", () =>
      document.body.classList.toggle("numbered", isOn("numbers")),
    );
    byId("copy")?.addEventListener("click", async ({ target }) => {
      await navigator.clipboard.writeText(pre.textContent);
      target.textContent = "Copied";
    });
    if (!log) return;
    pre.scrollTop = pre.scrollHeight;
    byId("earlier")?.addEventListener("click", (event) => {
      event.preventDefault();
      void earlier(log, pre);
    });
    if ("follows" in log.dataset) follow(log, pre, isOn);
  }

  function fragment(text) {
    const template = document.createElement("template");
    template.innerHTML = policy ? policy.createHTML(text) : text;
    return template.content;
  }

  async function earlier({ dataset }, pre) {
    const answer = await fetch(`${root}runs/${dataset.log}/earlier?before=${dataset.from}`);
    if (!answer.ok) return;
    const { html, from } = await answer.json();
    const height = pre.scrollHeight;
    pre.prepend(fragment(html));
    pre.scrollTop += pre.scrollHeight - height;
    dataset.from = from;
    if (from === 0) byId("earlier").remove();
  }

  function follow({ dataset }, pre, isOn) {
    tail = new EventSource(`${root}runs/${dataset.log}/tail?after=${dataset.to}`);
    let number = Number(pre.lastElementChild?.dataset.n ?? 0);
    tail.addEventListener("lines", ({ data }) => {
      const lines = fragment(JSON.parse(data));
      for (const line of lines.children) line.dataset.n = ++number;
      pre.append(lines);
      while (pre.children.length > most) pre.firstElementChild.remove();
      if (isOn("follow")) pre.scrollTop = pre.scrollHeight;
    });
    tail.addEventListener("end", () => tail.close());
  }

  addEventListener("pagehide", () => tail?.close());
  document.documentElement.classList.add("scripted-page");
  startLog();
  tick();
  connect();
})();
