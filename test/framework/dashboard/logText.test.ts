import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { coloredText } from "../../../framework/dashboard/log/coloredText";
import { findInLog } from "../../../framework/dashboard/log/findInLog";
import { countLines } from "../../../framework/dashboard/log/lineNumbers";
import { linesAfter, linesBefore } from "../../../framework/dashboard/log/readLog";
import { someRun } from "../../support/run";

test.each([
  ["plain <b>", "plain &lt;b&gt;"],
  ["\u001b[31mred\u001b[0m after", '<span class="ansi-1">red</span> after'],
  [
    "\u001b[1;32mboth\u001b[22m one",
    '<span class="ansi-2 ansi-bold">both</span><span class="ansi-2"> one</span>',
  ],
  ["\u001b[38;5;200mmany", "many"],
  ["\u001b[2J\u001b]0;title\u0007 \u202e", "\ufffd]0;title\ufffd \ufffd"],
])("%j is shown as %j", (text, shown) => expect(String(coloredText(text))).toBe(shown));

describe("a log of many lines", () => {
  let folder: string;
  let log: { file: string; from: number; to: number };
  const run = someRun({ state: "succeeded" });
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "laju-log-"));
    const text = Array.from({ length: 50_000 }, (_, index) => `line ${index + 1} of many\n`).join("");
    const file = join(folder, "x.log");
    writeFileSync(file, text);
    log = { file, from: 0, to: text.length };
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("is read from its end, window by window, without gaps or repeats", () => {
    const seen: string[] = [];
    for (let before = log.to; before > log.from; ) {
      const window = linesBefore(run, log, before);
      seen.unshift(...window.lines.map(String));
      expect(window.from).toBeLessThan(before);
      before = window.from;
    }
    expect(seen.length).toBe(50_000);
    expect([seen[0], seen.at(-1)]).toEqual(["line 1 of many\n", "line 50000 of many\n"]);
  });

  test("continues where the last read stopped", () => {
    const seen: string[] = [];
    for (let after = log.from; after < log.to; ) {
      const window = linesAfter(run, log, after);
      seen.push(...window.lines.map(String));
      after = window.to;
    }
    expect(seen.length).toBe(50_000);
  });

  test("has line numbers and a case-insensitive search", async () => {
    const last = linesBefore(run, log, log.to);
    expect((await countLines(log.file, log.from, last.from)) + last.lines.length).toBe(50_000);
    const { lines, total } = await findInLog(log, "LINE 4999");
    expect(total).toBe(11);
    expect([lines[0]?.number, lines.at(-1)?.number]).toEqual([4_999, 49_999]);
  });
});
