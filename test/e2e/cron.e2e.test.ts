import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkCrontab, installCrontab, removeCrontab } from "../../framework/crontab/install/installer";
import type { AppLocation, CrontabEntry, CrontabRow } from "../../framework/crontab/text/line";
import { type CronSandbox, needsCron, startCron, waitFor } from "../support/crontab/cron";

/** The daemon reads changed tables once a minute, and starts new entries in the following minute. */
const twoMinutes = 125_000;

describe.skipIf(needsCron.skip)(`the real cron daemon${needsCron.label}`, () => {
  let cron: CronSandbox;
  beforeAll(async () => {
    cron = await startCron({ daemon: true });
  });
  afterAll(() => cron?.stop());

  test("starts the installed commands as intended", { timeout: 180_000 }, async () => {
    const place = placeIn(cron.folder);
    const rows = [
      commandIn(cron.folder, "Plain"),
      commandIn(cron.folder, "Marked", { env: "LAJU_ENTRY=0a1b2c3d" }),
      commandIn(cron.folder, "Guarded", { guard: 'case "$(date +%u)" in [1-7])' }),
      commandIn(cron.folder, "Held", { guard: 'case "$(date +%u)" in 8)' }),
      commandIn(cron.folder, "Delayed", { delay: "sleep 1" }),
    ];
    const target = { rows, place, data: join(cron.folder, "data"), program: cron.program };
    // Another program's entry, above which SHELL is a shell that runs no commands. laju's entries must not use it.
    cron.crontab(["-"], "SHELL=/bin/false\n@daily theirs\n");
    installCrontab(target);

    const wanted = rows.filter(({ name }) => name !== "Held");
    await waitFor(
      undefined,
      () => wanted.every(({ log }) => existsSync(log) && readFileSync(log).includes("\n")),
      twoMinutes,
    );
    const saidBy = Object.fromEntries(wanted.map(({ name, log }) => [name, JSON.parse(firstLine(log))]));
    expect(saidBy).toEqual({
      Plain: { folder: place.build, entry: null },
      Marked: { folder: place.build, entry: "0a1b2c3d" },
      Guarded: { folder: place.build, entry: null },
      Delayed: { folder: place.build, entry: null },
    });
    expect(readFileSync(rows[3].log, "utf8")).toBe("");
    expect(checkCrontab(target).state).toBe("in order");
    removeCrontab(target);
    expect(cron.crontab(["-l"]).stdout.toString()).toBe("SHELL=/bin/false\n@daily theirs\n");
  });
});

function placeIn(folder: string): AppLocation {
  const build = join(folder, "app", "build");
  mkdirSync(join(build, "commands"), { recursive: true });
  return { root: join(folder, "app"), build, node: process.execPath };
}

const program =
  "console.log(JSON.stringify({ folder: process.cwd(), entry: process.env.LAJU_ENTRY ?? null }));";

function commandIn(folder: string, name: string, entry: Partial<CrontabEntry> = {}): CrontabRow {
  writeFileSync(join(folder, "app", "build", "commands", `${name}.js`), program);
  return {
    name,
    description: "",
    entries: [{ fields: "* * * * *", ...entry }],
    file: `commands/${name}.js`,
    log: join(folder, "app", "logs", `${name}.log`),
    priority: 0,
  };
}

function firstLine(file: string): string {
  return readFileSync(file, "utf8").split("\n", 1)[0];
}
