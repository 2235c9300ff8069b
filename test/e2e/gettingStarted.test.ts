import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { comparable, documentedLines } from "../support/apps/documentedLines";
import { copyDriver, makeSandbox, type Sandbox } from "../support/apps/packaged";
import { type CronHouse, needsCron, startCron, waitFor } from "../support/crontab/cron";

const project = join(import.meta.dirname, "..", "..");
const document = join(project, "docs", "getting-started.md");
const twoMinutes = 125_000;

describe.skipIf(needsCron.skip)(`docs/getting-started.md${needsCron.label}`, () => {
  let cron: CronHouse;
  let place: Sandbox;
  beforeAll(async () => {
    cron = await startCron({ daemon: true });
    place = await makeSandbox({ path: [cron.bin], enter: cron.enter });
    // From here on this repository is out of sight, for cron as well.
    expect(cron.shell(`mount -t tmpfs none ${project}`).status).toBe(0);
  }, 300_000);
  afterAll(async () => {
    await cron?.stop();
    await place?.stop();
  });

  test("says what comes of each of its lines, on a machine that has only the package", async () => {
    const lines = documentedLines(document);
    expect(lines.length).toBe(10);
    const said: string[] = [];
    let folder = place.folder;
    for (const { line } of lines) {
      if (line.startsWith("cd ")) {
        folder = join(folder, line.slice(3));
        said.push("");
        continue;
      }
      if (line === "node laju status") await firstRun(folder);
      const { status, stdout, stderr } = await place.type(line, folder);
      expect(`${line} ended with ${status}: ${status === 0 ? "" : stderr}`).toBe(`${line} ended with 0: `);
      if (line.includes(" new ")) copyDriver(join(folder, "shop"));
      said.push(asAda(stdout));
    }
    if (process.env.LAJU_WRITE_DOCS === "1") rewrite(said);
    const documented = lines.map(({ line, output }) => [line, ...comparable(output)]);
    expect(lines.map(({ line }, at) => [line, ...comparable(said[at] ?? "")])).toEqual(documented);
  }, 420_000);

  async function firstRun(app: string): Promise<void> {
    const log = join(app, "logs", "SendReminders.log");
    await waitFor(
      undefined,
      () => existsSync(log) && readFileSync(log, "utf8").includes("Nothing to do"),
      twoMinutes,
    );
  }

  /** What a user called ada sees, at home. */
  function asAda(text: string): string {
    return (
      text
        .replaceAll(place.folder, "/home/ada")
        .replaceAll(process.execPath, "/usr/bin/node")
        .replaceAll("crontab of root", "crontab of ada")
        // biome-ignore lint/suspicious/noControlCharactersInRegex: vitest paints where it is not asked to.
        .replaceAll(/\u001b\[[\d;]*m/g, "")
    );
  }
});

/** `LAJU_WRITE_DOCS=1` writes what the lines say now into the document. */
function rewrite(said: string[]): void {
  let at = 0;
  const text = readFileSync(document, "utf8").replaceAll(/^\$ (.*)\n[\s\S]*?^```$/gm, (_, line) => {
    const output = said[at++]?.trimEnd();
    return `$ ${line}\n${output ? `${output}\n` : ""}\`\`\``;
  });
  mkdirSync(join(document, ".."), { recursive: true });
  writeFileSync(document, text);
}
