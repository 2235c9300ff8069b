import { spawn } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";
import { fakeCrontab } from "../../support/crontab/fakeCrontab";
import { needs } from "../../support/servers/requirement";

const need = needs("script");
const crontab = fakeCrontab();
const env = { ...process.env, PATH: `${join(crontab.folder, "bin")}:${process.env.PATH}`, NO_COLOR: "1" };
let app: TestApp;

beforeAll(async () => {
  app = makeApp({ "commands/A.ts": 'export const meta = { schedule: "0 8 * * *" };\nwork();\n' });
  expect((await app.laju("build")).stderr).toBe("");
});
afterAll(() => {
  app.remove();
  crontab.remove();
});

/** Installs at a terminal, and answers the question. */
async function install(answer: string): Promise<string> {
  const command = `'${process.execPath}' laju crontab:install`;
  const child = spawn("script", ["-qec", command, "/dev/null"], { cwd: app.root, env });
  let output = "";
  child.stdout.on("data", (text) => {
    output += text;
    if (output.includes("[y/N] ")) child.stdin.end(`${answer}\n`);
  });
  await new Promise((resolve) => child.on("close", resolve));
  return stripVTControlCharacters(output.replaceAll("\r", ""));
}

test.skipIf(need.skip)(
  `the first installation at a terminal asks before it writes${need.label}`,
  async () => {
    const refused = await install("n");
    expect(refused).toContain(
      "  1 added, 0 other lines left alone.\n  Add these lines to the crontab? [y/N] ",
    );
    expect(refused).toContain("  Nothing written.\n");
    expect((await app.run(["laju", "crontab:check"], { env })).stdout).not.toContain("matches the build");
    expect(await install("\u0004")).toContain("  Nothing written.\n");
    const accepted = await install("y");
    expect(accepted).toContain("✓ Crontab updated: 1 added");
    expect(accepted).not.toContain("Nothing written");
  },
);
