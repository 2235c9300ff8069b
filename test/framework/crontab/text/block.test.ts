import { describe, expect, test } from "vitest";
import { crontabBlock } from "../../../../framework/crontab/text/block";
import type { AppLocation, CrontabRow } from "../../../../framework/crontab/text/line";

const place: AppLocation = { root: "/srv/app", build: "/srv/app/build", node: "/usr/bin/node" };
const row = (name: string, more: Partial<CrontabRow> = {}): CrontabRow => ({
  name,
  description: "",
  entries: [{ fields: "0 8 * * *" }],
  file: `commands/${name}.js`,
  log: `/srv/app/logs/${name}.log`,
  priority: 0,
  ...more,
});

describe("crontabBlock", () => {
  test("has a comment and the entries of each command, ordered by priority and name", () => {
    const rows = [
      row("WarmCache", {
        description: "Warm the cache",
        entries: [{ fields: "@reboot" }, { fields: "0 1 * * *" }],
      }),
      row("CleanUp"),
      row("Digest", { description: "Email yesterday's posts", priority: 10 }),
    ];
    expect(crontabBlock(rows, place)).toBe(`# BEGIN laju /srv/app hash=1ef7f3fe
# Email yesterday's posts
0 8 * * * cd /srv/app/build && /usr/bin/node commands/Digest.js >> /srv/app/logs/Digest.log 2>&1
# CleanUp
0 8 * * * cd /srv/app/build && /usr/bin/node commands/CleanUp.js >> /srv/app/logs/CleanUp.log 2>&1
# Warm the cache
@reboot cd /srv/app/build && /usr/bin/node commands/WarmCache.js >> /srv/app/logs/WarmCache.log 2>&1
0 1 * * * cd /srv/app/build && /usr/bin/node commands/WarmCache.js >> /srv/app/logs/WarmCache.log 2>&1
# END laju /srv/app
`);
  });

  test("is deterministic, and has another hash for other lines", () => {
    const first = crontabBlock([row("A")], place);
    expect(crontabBlock([row("A")], place)).toBe(first);
    expect(crontabBlock([row("B")], place).split("\n", 1)[0]).not.toBe(first.split("\n", 1)[0]);
  });

  test("is empty without entries", () => {
    expect(crontabBlock([], place)).toBe("");
    expect(crontabBlock([row("A", { entries: [] })], place)).toBe("");
  });

  test.each([
    ["two\nlines\r\n* * * * * rm -rf /", "# two lines * * * * * rm -rf /"],
    ["\u001b[31mred\u0000", "# [31mred"],
    ["END laju /srv/app", "# A: END laju /srv/app"],
    ["BEGIN laju /srv/other", "# A: BEGIN laju /srv/other"],
    ["  ", "# A"],
    ["Größe 100 %", "# Größe 100 %"],
  ])("the description %j becomes one harmless comment", (description, comment) => {
    const lines = crontabBlock([row("A", { description })], place).split("\n");
    expect(lines).toHaveLength(5);
    expect(lines[1]).toBe(comment);
  });

  test.each(["/srv/a\nb", "/srv/app ", " /srv", "/srv/\u0007"])(
    "rejects a root that a marker cannot contain: %j",
    (root) => {
      expect(() => crontabBlock([row("A")], { ...place, root })).toThrow(
        "cannot be used in the markers of a crontab block",
      );
    },
  );
});
