import { copyFileSync, linkSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { expect } from "vitest";
import { bytesOf, crontabBlock } from "../../../framework/crontab/text/block";
import type { AppLocation, CrontabRow } from "../../../framework/crontab/text/line";
import { compiled } from "./compiled";
import { hostileName, hostileRoot, hostileText } from "./hostileNames";
import { runVirtualJobs } from "./virtualCron";

/** How many of these entries to put into one crontab. Each takes four lines, and crontab accepts 10,000. */
const linesAtOnce = 2000;
const from = new Date("2026-06-01T11:59:00Z");
const to = new Date("2026-06-01T13:00:00Z");

interface Line {
  readonly row: CrontabRow;
  readonly place: AppLocation;
  /** What the program has to record about its start, in bytes. */
  readonly expected: string;
}

/**
 * Checks laju's own blocks: cron and its shell must pass on paths and arguments exactly, however hostile. Each app has
 * seven hostile paths and arguments.
 */
export async function expectIntactLines(seed: number, count: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "laju-quoting-"));
  const recorder = join(folder, "recorder");
  // Put the files on the same file system, because hard links can't point to another one.
  copyFileSync(compiled("recorder.c", "-static"), recorder);
  try {
    const lines = fc.sample(hostileParts, { seed, numRuns: count }).map((parts, index) => {
      return lineIn(join(folder, `${index}`), index, parts);
    });
    for (const { place } of lines) linkSync(recorder, place.node);
    for (let first = 0; first < count; first += linesAtOnce) {
      await expectHeard(lines.slice(first, first + linesAtOnce));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const hostileParts = fc.record({
  root: hostileRoot,
  node: hostileName,
  logs: hostileName,
  file: hostileText,
  args: fc.tuple(hostileText, hostileText),
  entry: hostileText,
});
type Parts = typeof hostileParts extends fc.Arbitrary<infer Each> ? Each : never;

/** Distributes lines over the minutes of an hour. */
function lineIn(folder: string, index: number, parts: Parts): Line {
  const root = join(folder, parts.root);
  const place = { root, build: join(root, "build"), node: join(folder, `n${parts.node}`) };
  const log = join(folder, `l${parts.logs}`, "out.log");
  mkdirSync(place.build, { recursive: true });
  mkdirSync(dirname(log));
  const entries = [{ fields: `${index % 60} * * * *`, env: `LAJU_ENTRY=${parts.entry}` }];
  const { file, args } = parts;
  const row = { name: `Line${index}`, description: file, entries, file, args, log, priority: 0 };
  const said = [place.build, log, place.node, parts.entry, place.node, file, ...args];
  return { row, place, expected: bytesOf(said.join("\0")) };
}

async function expectHeard(lines: readonly Line[]): Promise<void> {
  const table = lines.map(({ row, place }) => crontabBlock([row], place)).join("");
  const heard = recordsIn(await runVirtualJobs({ table, timezone: "UTC", from, to }));
  const expected = lines.map((line) => line.expected);
  expect(without(expected, heard)).toEqual([]);
  expect(without(heard, expected)).toEqual([]);
  expect(heard).toHaveLength(lines.length);
}

function recordsIn(log: Buffer): string[] {
  const fields = log.toString("latin1").split("\0");
  const records: string[] = [];
  for (let at = 0; at < fields.length - 1; at += 1 + Number(fields[at])) {
    records.push(fields.slice(at + 1, at + 1 + Number(fields[at])).join("\0"));
  }
  return records;
}

function without(all: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return all.filter((each) => !known.has(each));
}
