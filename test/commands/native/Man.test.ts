import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verbs } from "../../../commands/native/verbs";
import { makeApp, type TestApp } from "../../support/apps/app";
import { needs } from "../../support/servers/requirement";

const groff = needs("groff");
const man = needs("man");

describe("man", () => {
  let app: TestApp;
  let bin: string;
  beforeAll(() => {
    app = makeApp();
    bin = mkdtempSync(join(tmpdir(), "laju-bin-"));
  });
  afterAll(() => {
    app.remove();
    rmSync(bin, { recursive: true });
  });

  test.skipIf(groff.skip)(`prints a page without warnings, with every verb${groff.label}`, async () => {
    const { stdout: page } = await app.laju("man", "--roff");
    const { stdout, stderr } = spawnSync("groff", ["-man", "-ww", "-Tutf8"], {
      input: page,
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(verbs.filter(({ name }) => !stdout.includes(name))).toEqual([]);
  });

  test.skipIf(man.skip)(`shows the page with man(1)${man.label}`, async () => {
    const { status, stdout } = await app.laju("man", "pause");
    expect(status).toBe(0);
    expect(stdout).toContain("LAJU(1)");
    expect(stdout).toContain("node laju pause --until 2h");
    expect(stdout).not.toContain("queue:work");
  });

  test.each(["missing", "a stub"])("shows the page as text where man(1) is %s", async (kind) => {
    if (kind === "a stub") writeFileSync(join(bin, "man"), "#!/bin/sh\necho minimized\n", { mode: 0o755 });
    else symlinkSync(process.execPath, join(bin, "node"));
    const { status, stdout } = await app.run(["laju", "man", "pause"], { env: { PATH: bin } });
    expect(status).toBe(0);
    expect(stdout).toContain("--until <time>");
    expect(stdout).not.toContain("minimized");
  });

  test("names a verb that doesn't exist", async () => {
    const { status, stderr } = await app.laju("man", "puase");
    expect(status).toBe(2);
    expect(stderr).toContain('there is no verb "puase"');
  });
});
