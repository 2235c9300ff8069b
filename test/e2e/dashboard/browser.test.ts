import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { TestApp } from "../../support/apps/app";
import { hasChromium, openPage, startBrowser, type TestBrowser } from "../../support/dashboard/browser";
import { hostile, makeDashboardApp } from "../../support/dashboard/dashboardApp";
import { type Serving, serveApp, signedIn } from "../../support/dashboard/serving";
import { until } from "../../support/servers/server";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let app: TestApp;
let serving: Serving;
let browser: TestBrowser;
let context: BrowserContext;
let page: Page;
const problems: string[] = [];

describe.runIf(hasChromium)("in a browser", () => {
  beforeAll(async () => {
    app = await makeDashboardApp();
    serving = await serveApp(app);
    browser = await startBrowser();
    context = await browser.browser.newContext();
    page = await openPage(context, problems);
    await page.goto(serving.url);
  });
  afterEach(() => expect(problems.splice(0)).toEqual([]));
  afterAll(async () => {
    await browser.close();
    await serving.stop();
    app.remove();
  });

  test("the first page shows what needs attention, and every command in its group", async () => {
    await page.goto(serving.base);
    expect(await page.locator("#attention").textContent()).toContain("Bad failed with exit status 1");
    expect(await page.locator("#rows-disabled").textContent()).toContain("reports/Monthly");
    expect(await page.locator("#rows-elsewhere").textContent()).toContain("Elsewhere");
    expect(await page.locator("#rows tr").first().textContent()).toContain("Bad");
  });

  test("untrusted text is never interpreted as HTML, and no secret is sent", async () => {
    for (const path of ["", "commands/Bad", "runs", `runs/${await lastRun("Bad")}`]) {
      await page.goto(serving.base + path);
      expect(await page.content()).not.toMatch(/<script>window|<img|secret-hook/);
      expect(await page.evaluate("window.owned")).toBeUndefined();
    }
    const log = await page.locator(".log").textContent();
    expect(log).toContain(hostile);
    expect(log).toContain("\ufffd");
    expect(await page.locator(".log .ansi-1").first().textContent()).toBe(hostile);
  });

  test.each([
    ["light", 1320],
    ["dark", 360],
  ] as const)("axe finds no problems: %s, %i pixels wide", async (colorScheme, width) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    const run = await lastRun("Bad");
    for (const path of ["", "commands/Bad", "runs", `runs/${run}`, "do/run?command=Options", "queue"]) {
      await page.goto(serving.base + path);
      await page.evaluate(axe);
      const violations = await page.evaluate(
        "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html.slice(0, 200), nodes[0].failureSummary]))",
      );
      expect([path, violations]).toEqual([path, []]);
      const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      expect([path, overflow]).toEqual([path, 0]);
    }
    await page.setViewportSize({ width: 1320, height: 900 });
  });

  test("a finished run appears within a second, without a reload", async () => {
    await page.goto(serving.base);
    await page.locator("body.is-live").waitFor();
    await page.evaluate("window.isSame = true");
    const before = await page.locator("[id='c-Good'] .strip path").getAttribute("d");
    await app.run(["commands/Good.js"], { cwd: `${app.root}/build` });
    const endedAt = Date.now();
    await until(async () => (await page.locator("[id='c-Good'] .strip path").getAttribute("d")) !== before, {
      what: "the new run",
    });
    expect(Date.now() - endedAt).toBeLessThan(1_500);
    expect(await page.evaluate("window.isSame")).toBe(true);
  });

  test("runs a command with options, as the command line would", async () => {
    await page.goto(`${serving.base}commands/Options`);
    await page.getByRole("link", { name: "Run now" }).click();
    await page.getByLabel("--since").fill("3d");
    await page.getByLabel("--dry").selectOption("yes");
    await page.getByLabel("--key").fill("very-secret");
    await page.getByLabel("Further arguments").fill("--unknown");
    await page.getByRole("button", { name: "Run it" }).click();
    expect(await page.getByRole("alert").textContent()).toContain("unknown option --unknown");
    await page.getByLabel("Further arguments").fill("");
    await page.getByLabel("--key").fill("very-secret");
    await page.getByRole("button", { name: "Run it" }).click();
    await page.waitForURL(/\/runs\/\d+/);
    await page.locator("#run", { hasText: "succeeded" }).waitFor();
    const text = await page.locator("main").textContent();
    expect(text).toContain("--since=3d --dry --key=***");
    expect(text).toMatch(/Started by\s*\w+/);
    await page.locator(".log", { hasText: "key=11" }).waitFor();
    expect(await page.content()).not.toContain("very-secret");
  });

  test("follows and stops a run", async () => {
    await page.goto(`${serving.base}do/run?command=Slow`);
    await page.getByRole("button", { name: "Run it" }).click();
    await page.locator(".log", { hasText: "line 5" }).waitFor();
    await page.locator("#run").getByRole("link", { name: "Stop" }).click();
    await page.getByRole("button", { name: "Stop it" }).click();
    expect(await page.getByRole("status").last().textContent()).toMatch(/Slow: run \d+ ended/);
    expect(await page.locator("#changes").textContent()).toContain("stopped it");
  });

  test("pauses a command with a reason, and resumes it", async () => {
    await page.goto(`${serving.base}do/pause?command=Good`);
    await page.getByLabel("Reason").fill("moving house");
    await page.getByLabel("Until").fill("nonsense");
    await page.getByRole("button", { name: "Pause it" }).click();
    expect(await page.getByRole("alert").textContent()).toContain("nonsense");
    await page.getByLabel("Reason").fill("moving house");
    await page.getByLabel("Until").fill("2h");
    await page.getByRole("button", { name: "Pause it" }).click();
    expect(await page.locator("#command").textContent()).toContain("moving house");
    await page.getByRole("link", { name: "Resume" }).click();
    await page.getByRole("button", { name: "Resume it" }).click();
    expect((await app.laju("pause", "--list")).stdout).toBe("Nothing is paused.\n");
  });

  test("two tabs can disable the same command", async () => {
    const other = await openPage(context, problems);
    for (const one of [page, other]) await one.goto(`${serving.base}do/disable?command=Slow`);
    for (const one of [page, other]) await one.getByRole("button", { name: "Disable it" }).click();
    expect(await other.locator(".notice").textContent()).toContain("Slow is already disabled");
    expect(await page.locator("#command").textContent()).toContain("Its schedule does not start it");
    await other.close();
  });

  test("an acknowledged incident no longer needs attention", async () => {
    await page.goto(serving.base);
    await page.locator("#attention").getByRole("link", { name: "Acknowledge Bad" }).click();
    await page.getByLabel("Reason").fill("the partner mends it");
    await page.getByRole("button", { name: "Acknowledge it" }).click();
    expect(await page.locator("#command").textContent()).toContain("the partner mends it");
    await page.goto(serving.base);
    expect(await page.locator("#attention").textContent()).not.toContain("Bad");
  });

  test("the filter is in the URL, and applies while typing", async () => {
    await page.goto(`${serving.base}?tag=care`);
    expect(await page.locator("#rows tr").count()).toBe(1);
    await page.goto(serving.base);
    await page.keyboard.press("/");
    await page.keyboard.type("slow");
    await page.waitForFunction(
      "document.querySelectorAll('tbody tr:not([hidden]):not(.group)').length === 1",
    );
  });

  test("a page reconnects after a server restart and shows current data", async () => {
    await page.goto(serving.base);
    await page.locator("body.is-live").waitFor();
    const { port } = new URL(serving.base);
    await serving.stop();
    await page.locator("body.is-away").waitFor();
    await app.laju("pause", "Good", "--reason", "meanwhile");
    serving = await serveApp(app, { args: ["--port", port] });
    await page.locator("#rows-paused", { hasText: "Good" }).waitFor();
    await app.laju("resume");
  });

  test("a page survives a proxy's error pages, and polls while the server refuses its stream", async () => {
    await page.goto(serving.base);
    await page.locator("body.is-live").waitFor();
    await page.route("**/*", (route) => route.fulfill({ status: 502, body: "Bad Gateway" }));
    await page.evaluate("dispatchEvent(new Event('pagehide')); dispatchEvent(new Event('pageshow'))");
    await page.locator("body.is-away").waitFor();
    await app.laju("pause", "Good", "--reason", "meanwhile");
    await page.unroute("**/*");
    await page.route("**/events*", (route) => route.fulfill({ status: 503 }));
    await page.locator("#rows-paused", { hasText: "Good" }).waitFor();
    await page.unroute("**/events*");
    await app.laju("resume");
  });

  test("tabs share one connection, and each shows a change", async () => {
    const streams: string[] = [];
    const others: string[] = [];
    context.on("request", (request) => {
      if (request.resourceType() === "eventsource") streams.push(request.url());
      else if (request.resourceType() === "fetch") others.push(request.url());
    });
    await page.goto("about:blank");
    // Open more tabs than a browser has connections. If each tab had its own stream, the last ones would never load.
    const tabs: Page[] = [];
    for (let opened = 0; opened < 8; opened++) {
      const tab = await openPage(context, problems);
      tab.setDefaultTimeout(60_000);
      await tab.goto(serving.base);
      await tab.locator("body.is-live").waitFor();
      tabs.push(tab);
    }
    await app.laju("pause", "Good");
    for (const tab of tabs) await tab.locator("#rows-paused", { hasText: "Good" }).waitFor();
    // Only one tab listens to the server. When it is closed, another tab takes over.
    await tabs.shift()?.close();
    await app.laju("resume");
    for (const tab of tabs) await tab.locator("#rows", { hasText: "Good" }).waitFor();
    expect([streams.length <= 2, others.length <= 8]).toEqual([true, true]);
    await Promise.all(tabs.map((tab) => tab.close()));
  });

  test("fifty visitors receive a change without polling", async () => {
    const get = await signedIn(serving);
    const asked = new AbortController();
    const path = "events?page=&version=x";
    const visitors = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const answer = await get(path, { signal: asked.signal });
        const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
        return { reader, text: "" };
      }),
    );
    await app.laju("pause", "Good", "--reason", "fifty");
    for (const visitor of visitors) {
      await until(async () => {
        visitor.text += Buffer.from((await visitor.reader.read()).value ?? []).toString();
        return /event: change\ndata: .*Good/.test(visitor.text);
      });
    }
    await app.laju("resume");
    asked.abort();
  });

  test("a tab stays small after a week of changes", async () => {
    const tab = await openPage(context, problems);
    tab.setDefaultTimeout(120_000);
    const changes = 5_000;
    let asked = 0;
    // Answer for the server: the first stream has a few changes, the second one as many as in a week.
    await tab.route("**/events?*", (route) => {
      asked += 1;
      if (asked > 2) return route.abort();
      const version = new URL(route.request().url()).searchParams.get("version") as string;
      const body = changesFrom(version, asked === 1 ? 10 : changes);
      return route.fulfill({ contentType: "text/event-stream", body });
    });
    await tab.goto(`${serving.base}?q=week`);
    const measure = await context.newCDPSession(tab);
    const counts = async () => {
      await measure.send("HeapProfiler.collectGarbage");
      const { nodes, jsEventListeners } = await measure.send("Memory.getDOMCounters");
      const { usedSize } = await measure.send("Runtime.getHeapUsage");
      return { nodes, jsEventListeners, usedSize };
    };
    await tab.locator("#running", { hasText: "number 9." }).waitFor();
    const before = await counts();
    await tab.locator("#running", { hasText: `number ${changes - 1}.` }).waitFor();
    const after = await counts();
    expect(after.nodes - before.nodes).toBeLessThan(200);
    expect(after.jsEventListeners - before.jsEventListeners).toBeLessThan(20);
    expect(after.usedSize - before.usedSize).toBeLessThan(2_000_000);
    await tab.close();
  });

  test("everything can be read and changed without JavaScript", async () => {
    const plain = await browser.browser.newContext({ javaScriptEnabled: false });
    const own = await openPage(plain, problems);
    await own.goto(serving.url);
    expect(await own.locator("#rows tr").count()).toBeGreaterThan(1);
    await own.goto(`${serving.base}runs/${await lastRun("Bad")}`);
    expect(await own.locator(".log").textContent()).toContain("window.owned");
    await plain.close();
  });
});

/** A stream of changes that all replace the same part of the page. */
function changesFrom(version: string, count: number): string {
  const events = Array.from({ length: count }, (_, n) => {
    const html = `<section id="running"><h2>Running now</h2><p>number ${n}.</p></section>`;
    const last = n === 0 ? version : `${version} ${n}`;
    const change = { html: { running: html }, lists: {}, last, next: `${version} ${n + 1}` };
    return `event: change\ndata: ${JSON.stringify(change)}\n\n`;
  });
  return `event: ready\ndata: \n\n${events.join("")}`;
}

async function lastRun(name: string): Promise<number> {
  const { stdout } = await app.laju("runs", name, "--json", "--limit", "1");
  return JSON.parse(stdout)[0].id;
}
