import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fresh } from "../../../support/apps/fresh";

let folder: string;
let outputTail: typeof import("../../../../framework/runs/history/runOutput").outputTail;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "laju-output-"));
  ({ outputTail } = await fresh(
    { LAJU_LOGS: folder },
    () => import("../../../../framework/runs/history/runOutput"),
  ));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The last 100 bytes of a run's output. */
function tailOf(text: string): string {
  const file = join(folder, "X.log");
  writeFileSync(file, text);
  return outputTail({ key: "k", log: { file, inode: statSync(file).ino, from: 0, to: null } }, 100);
}

test("the end of a run's output consists of whole lines", () => {
  expect(tailOf(`${"a".repeat(80)}\n${"b".repeat(70)}\nend\n`)).toBe(`${"b".repeat(70)}\nend`);
});

test("a last line that is too long is shown by its end, because an error with its stack is one line", () => {
  expect(tailOf(`begin\n${"x".repeat(200)}end\n`)).toBe(`…${"x".repeat(96)}end`);
  expect(tailOf(`begin\n${"x".repeat(200)}\nend\n`)).toBe(`…${"x".repeat(95)}\nend`);
});

test("starts with a whole character", () => {
  expect(tailOf(`${"ä".repeat(60)}b`)).toBe(`…${"ä".repeat(49)}b`);
});

test("never reads from a named pipe, which would block", () => {
  const file = join(folder, "X.log");
  execFileSync("mkfifo", [file]);
  const log = { file, inode: statSync(file).ino, from: 0, to: 5 };
  expect(outputTail({ key: "k", log }, 100)).toBe("");
  expect(outputTail({ key: "k", log: { ...log, inode: null } }, 100)).toBe("");
});
