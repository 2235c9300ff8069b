import { describe, expect, test } from "vitest";
import { clipped, columns, padded, visibleWidth } from "../../../framework/cli/table";

const symbols = { dots: "…" } as Parameters<typeof clipped>[2]["symbols"];

test.each([
  ["", 0],
  ["plain", 5],
  ["\u001b[31mred\u001b[0m", 3],
  ["Grüße", 5],
  ["Gru\u0308ße", 5],
  ["日報", 4],
  ["🎉", 2],
  ["👩‍👩‍👧", 2],
  ["✓ …", 3],
])("%j is %i columns wide", (text, width) => {
  expect(visibleWidth(text)).toBe(width);
});

describe("columns", () => {
  test("line up regardless of the width of their characters", () => {
    const rows = [
      ["7", "日報", "ready"],
      ["12", "Mail", "failed"],
    ];
    expect(columns(rows, { right: [0] })).toEqual([" 7  日報  ready", "12  Mail  failed"]);
  });

  test("take no space when empty, unless keepsEmpty is set", () => {
    const rows = [["a", "", "b"]];
    expect(columns(rows)).toEqual(["a  b"]);
    expect(columns(rows, { gap: "   ", keepsEmpty: true })).toEqual(["a      b"]);
  });

  test("show only the first line of a cell", () => {
    expect(columns([["a\nb", "c"]])).toEqual(["a  c"]);
  });
});

test.each([
  ["fits", 4, "fits"],
  ["too long", 5, "too…"],
  ["日報日報", 6, "日報…"],
  ["🎉🎉", 2, "…"],
])("%j clipped to %i columns is %j", (text, room, expected) => {
  expect(clipped(text, room, { symbols })).toBe(expected);
});

test("padding counts columns", () => {
  expect(padded("日報", 6)).toBe("日報  ");
  expect(padded("日報", 6, true)).toBe("  日報");
  expect(padded("long", 2)).toBe("long");
});
