import { describe, expect, test } from "vitest";
import { jsonLine } from "../../../../framework/services/log/logLine";
import { errorFields } from "../../../../framework/services/log/logValue";
import { readableLine, readableText } from "../../../../framework/services/log/readableLog";

const time = new Date("2026-11-23T09:15:02Z");
const lineOf = (message: string, meta: Record<string, unknown> = {}, level = "info") =>
  jsonLine({ time, level, message, run: "mi5w2x9f3s0k7q", meta });

describe("a line of the Logger", () => {
  test("is shown as time, level, message and fields", () => {
    expect(readableText(lineOf("Digest sent", { count: 12, to: "a b" }))).toBe(
      '09:15:02 INFO  Digest sent  count=12  to="a b"',
    );
  });

  test("is followed by its stack, without Node's internal frames, and its cause", () => {
    const error = new Error("no rows", { cause: new Error("refused") });
    error.stack =
      "Error: no rows\n    at query (/srv/app/commands/X.ts:3:1)\n    at node:internal/process/task:95:5";
    (error.cause as Error).stack =
      "Error: refused\n    at async node:internal/net:1:1\n    at Net.x (node:net:1:1)";
    expect(readableText(lineOf("X failed", errorFields(error), "error"))).toBe(
      `09:15:02 ERROR X failed  error="no rows"
  Error: no rows
      at query (/srv/app/commands/X.ts:3:1)
  caused by Error: refused
      at Net.x (node:net:1:1)`,
    );
  });

  test("cannot control the terminal", () => {
    const read = readableLine(lineOf("a\u001b[2Jb\u009b", { "k\u202e": "\u0007" }), { color: false });
    expect(read).toBe('09:15:02 INFO  ab\ufffd  k\ufffd="\\u0007"'.replace('"\\u0007"', "\ufffd"));
  });
});

test.each([
  "plain text",
  '{"level":30,"time":1531171074631,"msg":"hello world"}',
  '{"timestamp":"never","level":"info","message":"x"}',
  '{"timestamp":"2026-11-23T09:15:02Z","level":"\\u001b[2J","message":"x"}',
  '{"timestamp":"2026-11-23T09:15:02Z","level":"info","message":7}',
  '{"timestamp":"2026-11-23T09:15:02Z","level":"info","mess',
])("other lines are unchanged: %s", (line) => {
  expect(readableLine(line)).toBe(undefined);
  expect(readableText(line)).toBe(line);
});
