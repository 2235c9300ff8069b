import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkCrontab, installCrontab, removeCrontab } from "../../app/console/crontabInstaller";
import { crontabBlock } from "../../app/schedule/crontabBlock";
import type { CrontabEntry, CrontabPlace, CrontabRow } from "../../app/schedule/crontabLine";
import { type CronHouse, needsCron, startCron, waitFor } from "../support/cron";

/** The daemon looks at the table once a minute, and starts what it finds in the next. */
const twoMinutes = 125_000;
/** `LAJU_QUOTING_SAMPLES=10000 npx vitest run test/e2e/cron` is the full size. */
const samples = Number(process.env.LAJU_QUOTING_SAMPLES ?? 60);
/** Debian's crontab takes 10,000 lines, and a small machine only so many processes in a second. */
const samplesAtOnce = 500;

describe.skipIf(needsCron.skip)(`the real cron daemon${needsCron.label}`, () => {
  let cron: CronHouse;
  beforeAll(async () => {
    cron = await startCron({ daemon: true });
  });
  afterAll(() => cron?.stop());

  test("starts what was installed, as it was meant", { timeout: 180_000 }, async () => {
    const place = placeIn(cron.folder);
    const rows = [
      commandIn(cron.folder, "Plain"),
      commandIn(cron.folder, "Marked", { env: "LAJU_ENTRY=0a1b2c3d" }),
      commandIn(cron.folder, "Guarded", { guard: 'case "$(date +%u)" in [1-7])' }),
      commandIn(cron.folder, "Held", { guard: 'case "$(date +%u)" in 8)' }),
      commandIn(cron.folder, "Delayed", { delay: "sleep 1" }),
    ];
    const target = { rows, place, data: join(cron.folder, "data"), program: cron.program };
    // A shell that starts nothing, for the entries of others.
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
    expect(existsSync(rows[3].log)).toBe(false);
    expect(checkCrontab(target).state).toBe("in order");
    removeCrontab(target);
    expect(cron.crontab(["-l"]).stdout.toString()).toBe("SHELL=/bin/false\n@daily theirs\n");
  });

  test("hands over hostile paths and arguments intact", { timeout: Infinity }, async () => {
    const names = fc.sample(hostileName, { numRuns: samples, seed: 11 });
    for (let from = 0; from < samples; from += samplesAtOnce) {
      const trials = names
        .slice(from, from + samplesAtOnce)
        .map((name, index) => trialIn(cron.folder, name, from + index));
      installAll(cron, trials);
      await waitFor(undefined, () => trials.every(({ row }) => existsSync(row.log)), twoMinutes);
      await waitFor(undefined, () => trials.every(({ row }) => heardBy(row).length >= 4));
      expect(trials.map(({ row }) => heardBy(row).slice(0, 4))).toEqual(
        trials.map(({ expected }) => expected),
      );
    }
  });
});

function placeIn(folder: string): CrontabPlace {
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

const piece = fc.constantFrom(
  ..."'\"\\\\\\%%$` *?~#&;|<>()[]{}!=-aé🦉\t",
  "\\%",
  "\\\\",
  "'\\",
  "$(id)",
  "''",
  "%%",
);
const hostileName = fc
  .array(piece, { minLength: 1, maxLength: 8 })
  .map((pieces) => pieces.join(""))
  .filter((name) => Buffer.byteLength(name) < 40);

interface Trial {
  row: CrontabRow;
  place: CrontabPlace;
  expected: string[];
}

/** A program that says where it is, what it is and what it was given, all of them with this name. */
function trialIn(folder: string, name: string, number: number): Trial {
  const root = join(folder, `${number}`);
  const build = join(root, `b${name}`);
  const node = join(root, `n${name}`);
  const file = `c${name}`;
  mkdirSync(build, { recursive: true });
  writeFileSync(node, `#!/bin/sh\nprintf '%s\\0' "$PWD" "$0" "$@" "$LAJU_ENTRY"\n`, { mode: 0o755 });
  const entries = [{ fields: "* * * * *", env: `LAJU_ENTRY=${name}` }];
  const log = join(root, `l${name}`, "log");
  const row = { name: `Trial${number}`, description: name, entries, file, log, priority: 0 };
  return { row, place: { root, build, node }, expected: [build, node, file, name] };
}

/** One table of all trials: each has its own place, so each is a block. */
function installAll(cron: CronHouse, trials: readonly Trial[]): void {
  const blocks = trials.map(({ row, place }) => crontabBlock([row], place));
  for (const { row } of trials) mkdirSync(dirname(row.log), { recursive: true });
  const { status, stderr } = cron.crontab(["-"], blocks.join(""));
  if (status !== 0) throw new Error(stderr.toString());
}

/** What the first run said, once it has said all. */
function heardBy({ log }: CrontabRow): string[] {
  return readFileSync(log, "utf8").split("\0").slice(0, -1);
}
