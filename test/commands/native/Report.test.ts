import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";
import { withLedger } from "../../support/ledger";
import { needs, programPath } from "../../support/servers/requirement";

const chromium = needs("chromium", "chromium-browser", "google-chrome");

describe("report", () => {
  let app: TestApp;

  beforeAll(async () => {
    app = makeApp({
      "commands/Breaks.ts": `console.log("<b id='injected'>from the command</b>"); process.exit(3);`,
    });
    expect((await app.laju("build")).stderr).toBe("");
    mkdirSync(join(app.root, "logs"));
    const log = openSync(join(app.root, "logs/Breaks.log"), "a");
    const cwd = join(app.root, "build");
    const child = spawn(process.execPath, ["commands/Breaks.js"], { cwd, stdio: ["ignore", log, log] });
    closeSync(log);
    await once(child, "close");
  });
  afterAll(() => app.remove());

  test("is one file with every command and the output of failures", async () => {
    const { status, stdout, stderr } = await app.laju("report", "--html", "report.html");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^✓ Wrote report\.html: 1 failure, \d+ kB\n$/);
    const page = app.read("report.html");
    expect(page).toContain("<h3>Breaks</h3>");
    expect(page).toContain("&lt;b id=&#39;injected&#39;&gt;from the command&lt;/b&gt;");
  });

  test("a run that succeeded on a retry did not fail, and only some of many failures are shown", async () => {
    const now = Date.now();
    withLedger(join(app.root, "data"), (ledger) => {
      const insert = ledger.prepare(
        `INSERT INTO runs (name, host, pid, args, started_at, finished_at, state, error, attempt, key, retry_of, has_lock)
         VALUES ('old/Gone', 'h', 1, '[]', ?, ?, ?, ?, ?, ?, ?, 0)`,
      );
      const add = (at: number, state: string, attempt: number, key: string, retryOf: string | null) =>
        insert.run(
          at,
          at + 500,
          state,
          state === "failed" ? `no answer after ${at % 97} ms` : null,
          attempt,
          key,
          retryOf,
        );
      add(now - 9_000, "failed", 1, "first", null);
      add(now - 8_000, "failed", 2, "second", "first");
      add(now - 7_000, "succeeded", 3, "third", "first");
      for (let at = 0; at < 40; at++) add(now - 6_000 + at * 100, "failed", 1, `key${at}`, null);
      add(now - 9 * 86_400_000, "failed", 1, "long ago", null);
    });
    const { stdout } = await app.laju("report", "--html", "report.html");
    expect(stdout).toMatch(/Wrote report\.html: 43 failures \(30 of 43 shown\), \d+ kB/);
    const page = app.read("report.html");
    expect(page).toContain("<li><b>42</b>starts</li>");
    expect(page).toContain('<li><b class="bad-text">41</b>starts failed</li>');
    expect(page).toContain(
      '41 starts · <b class="bad-text">40 failed</b> · 2.4% succeeded · 2 attempts retried · longest 0.5s',
    );
    expect(page).toContain("43 failed runs, 2 causes · 30 of 43 shown");
    expect(page).toMatch(/<h3>no answer after \d+ ms <span class="dim">\(the numbers vary\)<\/span><\/h3>/);
    expect(page).toContain('<b class="bad-text">42×</b> · <a href="#c1">old/Gone</a>');
  });

  test("a file that cannot be written, and a missing file name, are errors", async () => {
    expect(await app.laju("report", "--html", "nowhere/report.html")).toMatchObject({ status: 1 });
    expect(await app.laju("report")).toMatchObject({
      status: 2,
      stderr: "✗ report needs --html FILE\n  node laju report --html report.html --days 7\n",
    });
    expect(await app.laju("report", "--html", "x.html", "--days", "0")).toMatchObject({ status: 2 });
  });

  test.skipIf(chromium.skip)(`a browser shows it at a phone's width${chromium.label}`, async () => {
    await app.laju("report", "--html", "report.html");
    const url = `file://${join(app.root, "report.html")}`;
    const flags =
      "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --window-size=500,900".split(
        " ",
      );
    const picture = join(app.root, "report.png");
    const browse = (...more: string[]) =>
      app.run([...flags, `--user-data-dir=${join(app.root, "profile")}`, ...more, url], {
        program: programPath("chromium", "chromium-browser", "google-chrome"),
      });
    const shot = await browse(`--screenshot=${picture}`);
    expect(shot.status).toBe(0);
    const png = readFileSync(picture);
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([500, 900]);
    // A screenshot of an empty page of this size has only a few kilobytes, so this page is not empty.
    expect(png.length).toBeGreaterThan(15_000);
    const dom = (await browse("--dump-dom")).stdout;
    expect(dom).toContain('<path class="bad"');
    expect(dom).not.toContain("<b id=");
  });
});
