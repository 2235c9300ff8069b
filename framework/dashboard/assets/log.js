/* Follows the log of a running command, and copies it. */

(() => {
  /** The maximum number of lines on the page, so that a page left open doesn't grow forever. */
  const most = 5_000;
  const log = document.getElementById("log");
  const pre = log?.querySelector(".log");
  if (!pre) return;
  const { root } = document.body.dataset;
  const policy = globalThis.trustedTypes?.createPolicy("laju-log", { createHTML: (text) => text });
  let tail;

  function follow() {
    if (tail || document.hidden || !("follows" in log.dataset)) return;
    tail = new EventSource(`${root}runs/${log.dataset.log}/tail?after=${log.dataset.to}`);
    tail.addEventListener("lines", ({ data, lastEventId }) => add(JSON.parse(data), lastEventId));
    tail.addEventListener("end", () => {
      delete log.dataset.follows;
      rest();
    });
  }

  function add(html, place) {
    const template = document.createElement("template");
    template.innerHTML = policy ? policy.createHTML(html) : html;
    let number = Number(pre.lastElementChild?.dataset.n ?? 0);
    for (const line of template.content.children) line.dataset.n = ++number;
    pre.append(template.content);
    while (pre.children.length > most) pre.firstElementChild.remove();
    if (document.getElementById("follow")?.checked) pre.scrollTop = pre.scrollHeight;
    log.dataset.to = place;
  }

  /** A hidden tab closes its connection, because a browser has only six connections per server for all tabs. */
  function rest() {
    tail?.close();
    tail = undefined;
  }

  document.getElementById("copy").addEventListener("click", async ({ target }) => {
    getSelection().selectAllChildren(pre);
    // Browsers provide a clipboard only to pages served over TLS or from this machine.
    await navigator.clipboard?.writeText(pre.textContent);
    target.textContent = navigator.clipboard ? "Copied" : "Press Ctrl+C";
  });
  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : follow()));
  addEventListener("pagehide", rest);
  addEventListener("pageshow", follow);
  document.documentElement.classList.add("scripted-page");
  if ("log" in log.dataset) pre.scrollTop = pre.scrollHeight;
  follow();
})();
