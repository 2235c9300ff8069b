import { describe, expect, test } from "vitest";
import { cronEntries } from "../../../../framework/crontab/entries/cronEntries";
import { crontabBlock } from "../../../../framework/crontab/text/block";
import { allBlocks } from "../../../../framework/crontab/text/blocks";
import { replaceBlock } from "../../../../framework/crontab/text/edit";
import { entryParts } from "../../../../framework/crontab/text/entryParts";
import { type CrontabEntry, type CrontabRow, crontabLine } from "../../../../framework/crontab/text/line";
import { parseSchedule } from "../../../../framework/schedule/expression/expression";

const names = [
  "plain",
  "with blanks",
  "it's",
  'a "quote"',
  "100 %",
  "back\\slash",
  "\\% cd >> commands/x.js",
  "ü",
];

const placeIn = (name: string) => ({
  root: `/srv/${name}`,
  build: `/srv/${name}/build`,
  node: `/opt/${name}/bin/node`,
});
const rowIn = (name: string): CrontabRow => ({
  name: "Digest",
  description: "",
  entries: [{ fields: "0 8 * * *" }],
  file: "commands/Digest.js",
  log: `/var/log/${name}/Digest.log`,
  priority: 0,
});

describe("the command that an entry starts", () => {
  const guarded = cronEntries(parseSchedule("10 0 8 L * *"), { hostTimezone: "UTC" })[0] as CrontabEntry;

  test.each(names)("is read back from the line that was written for %j", (name) => {
    const { root: _, ...place } = placeIn(name);
    const row = rowIn(name);
    const expected = { ...place, file: row.file, log: row.log };
    const entries = [
      { fields: "0 8 * * *" },
      { ...guarded, env: "LAJU_ENTRY=2dd3c16d@Asia/Tokyo" },
      { fields: "@daily", runner: ["/usr/bin/flock", "-n", "/srv/lock file", "timeout", "60"] },
    ];
    for (const entry of entries) {
      expect(entryParts(crontabLine(row, entry, placeIn(name)))).toEqual(expected);
    }
  });

  test.each([
    "0 8 * * * true",
    "SHELL=/bin/sh",
    "# a comment about commands/X.js",
    "* * * * * cd /x && commands/X.js",
  ])("is unknown for %j", (line) => {
    expect(entryParts(line)).toBeUndefined();
  });
});

test("finds all blocks of a table by their roots, whatever characters these contain", () => {
  const roots = names.map((name) => placeIn(name).root);
  const table = names.reduce<Buffer>(
    (text, name) =>
      replaceBlock(text, placeIn(name).root, crontabBlock([rowIn(name)], placeIn(name), "demo")),
    Buffer.from("MAILTO=me"),
  );
  expect(allBlocks(table).map(({ root }) => root)).toEqual(roots);
  expect(allBlocks(Buffer.from(`${table}# BEGIN laju /half\n`)).map(({ root }) => root)).toEqual(roots);
});
