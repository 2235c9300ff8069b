import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../support/app";
import { needs, programPath } from "../support/requirement";

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

  test("is one file with each command and the output of what failed", async () => {
    const { status, stdout, stderr } = await app.laju("report", "--html", "report.html");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^✓ Wrote report\.html: 1 failure shown, \d+ kB\n$/);
    const page = app.read("report.html");
    expect(page).toContain("<h3>Breaks</h3>");
    expect(page).toContain("&lt;b id=&#39;injected&#39;&gt;from the command&lt;/b&gt;");
  });

  test("a file that cannot be written, and no file, are told", async () => {
    expect(await app.laju("report", "--html", "nowhere/report.html")).toMatchObject({ status: 1 });
    expect(await app.laju("report")).toMatchObject({
      status: 2,
      stderr: "✗ report needs --html FILE\n  node laju report --html report.html --days 7\n",
    });
    expect(await app.laju("report", "--html", "x.html", "--days", "0")).toMatchObject({ status: 2 });
  });

  test.skipIf(chromium.skip)(`a browser shows it on a phone's width${chromium.label}`, async () => {
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
    // An empty page of that size is a few kilobytes.
    expect(png.length).toBeGreaterThan(15_000);
    const dom = (await browse("--dump-dom")).stdout;
    expect(dom).toContain('<rect class="bad"');
    expect(dom).not.toContain("<b id=");
  });
});
