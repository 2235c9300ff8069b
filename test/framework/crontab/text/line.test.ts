import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LajuError } from "../../../../framework/config/errors";
import {
  type AppLocation,
  type CrontabEntry,
  type CrontabRow,
  crontabLine,
} from "../../../../framework/crontab/text/line";
import { type CronName, cronFacts } from "../../../../framework/host/crons";
import { cronEscape, shellQuote } from "../../../../framework/text/shellQuote";

const place: AppLocation = { root: "/srv/app", build: "/srv/app/build", node: "/usr/bin/node" };
const row: CrontabRow = {
  name: "Digest",
  description: "Daily digest",
  entries: [],
  file: "commands/Digest.js",
  log: "/srv/app/logs/Digest.log",
  priority: 0,
};
const daily: CrontabEntry = { fields: "0 8 * * *" };
const start = "cd /srv/app/build && /usr/bin/node commands/Digest.js >> /srv/app/logs/Digest.log 2>&1";

describe("crontabLine", () => {
  test.each<[string, CrontabEntry, string]>([
    ["plain", daily, `0 8 * * * ${start}`],
    ["a macro", { fields: "@reboot" }, `@reboot ${start}`],
    [
      "a guard, whose % is escaped",
      { fields: "0 8 28-31 * *", guard: `case "$(date -d '12:00 tomorrow' +%d)" in 01)` },
      `0 8 28-31 * * case "$(date -d '12:00 tomorrow' +\\%d)" in 01) ${start} ;; esac`,
    ],
    [
      "a setting for the command alone",
      { fields: "*/15 * * * *", env: "LAJU_ENTRY=a b" },
      `*/15 * * * * ${start.replace("/usr", "LAJU_ENTRY='a b' /usr")}`,
    ],
    ["a wait", { ...daily, delay: "sleep 30" }, `0 8 * * * sleep 30; ${start}`],
  ])("%s", (_, entry, line) => {
    expect(crontabLine(row, entry, place)).toBe(line);
  });

  test("quotes paths that the shell would misread", () => {
    const odd = { root: "/srv/it's 100%", build: "/srv/it's 100%/build", node: "/opt/node 20/node" };
    expect(crontabLine(row, daily, odd)).toBe(
      `0 8 * * * cd '/srv/it'"'"'s 100\\%/build' && '/opt/node 20/node' commands/Digest.js >> /srv/app/logs/Digest.log 2>&1`,
    );
  });

  test.each<[CronName, string, string | undefined]>([
    ["debian", "a  b # c", undefined],
    ["cronie", "a\tb#c", undefined],
    ["bcron", "a  b#c", undefined],
    ["busybox", "a  b\tc", undefined],
    ["busybox", "a#b", 'contains a "#", which starts a comment for BusyBox crond'],
    ["unknown", "a#b", 'contains a "#"'],
    ["systemd-cron", "a b#c", undefined],
    ["systemd-cron", "a  b", "contains repeated spaces or other whitespace"],
    ["systemd-cron", "a\tb", "contains repeated spaces"],
    ["systemd-cron", "a\u00a0b", "contains repeated spaces"],
    ["systemd-cron", "a\u3000b", "contains repeated spaces"],
    ["systemd-cron", "a\u001fb", "contains repeated spaces"],
    ["unknown", "a  b", "contains repeated spaces"],
  ])("%s reads %j in a path as it is, or is not given it", (cron, name, problem) => {
    const line = () => crontabLine(row, daily, { ...place, build: `/srv/${name}`, cron: cronFacts(cron) });
    if (problem === undefined) expect(line()).toContain(`cd '/srv/${name}'`);
    else expect(line).toThrow(problem);
  });

  test.each([
    ["a newline", "/srv/a\nb"],
    ["a carriage return", "/srv/a\rb"],
    ["a NUL", "/srv/a\0b"],
  ])("%s in a path is refused", (what, build) => {
    expect(() => crontabLine(row, daily, { ...place, build })).toThrow(
      expect.objectContaining({
        message: `the crontab entry of Digest would contain ${what}`,
        name: "LajuError",
      }),
    );
  });

  test("rejects both, wherever they occur", () => {
    const parts = fc.record({
      where: fc.constantFrom("build", "node", "log", "file", "args", "entry"),
      odd: fc.constantFrom("\n", "\r", "\0"),
      before: fc.string({ maxLength: 8 }),
      after: fc.string({ maxLength: 8 }),
    });
    fc.assert(
      fc.property(parts, ({ where, odd, before, after }) => {
        const text = before + odd + after;
        const there = { ...place, ...(where === "build" || where === "node" ? { [where]: text } : {}) };
        const changed = {
          ...row,
          ...(where === "log" || where === "file" ? { [where]: text } : {}),
          ...(where === "args" && { args: [text] }),
        };
        const entry = { ...daily, ...(where === "entry" && { env: `LAJU_ENTRY=${text}` }) };
        expect(() => crontabLine(changed, entry, there)).toThrow("the crontab entry of Digest would contain");
      }),
    );
  });

  test("accepts 998 bytes and refuses 999", () => {
    const room = 998 - Buffer.byteLength(start);
    const build = (count: number) => `/srv/app/build${"é".repeat(count / 2)}${"e".repeat(count % 2)}`;
    // Letters beyond ASCII are quoted, which takes two bytes more.
    expect(crontabLine(row, daily, { ...place, build: build(room - 2) })).toHaveLength(
      "0 8 * * * ".length + 998 - Math.floor((room - 2) / 2),
    );
    expect(() => crontabLine(row, daily, { ...place, build: build(room - 1) })).toThrow(LajuError);
  });

  test.each(["0 8 * *", "0 8 * * * *", "0 8 * * mon", "60~ * * * *", "0 8\n* * *"])(
    "rejects fields that cron may misread: %j",
    (fields) => expect(() => crontabLine(row, { fields }, place)).toThrow("has invalid fields"),
  );
});

/** The command as Debian's cron and as cronie pass it to the shell. */
const readers = {
  debian: (command: string) => command.replaceAll(/\\([\\%])/g, "$1"),
  cronie: (command: string) => command.replaceAll("\\%", "%"),
};

describe("shellQuote and cronEscape", () => {
  test.each([
    ["plain/word-1.js", "plain/word-1.js"],
    ["", "''"],
    ["it's", `'it'"'"'s'`],
    ["a b", "'a b'"],
    ["a\\b", "'a\\b'"],
    ["a\\\\b", "'a\\''\\b'"],
    ["a\\%b", "'a\\''%b'"],
  ])("%j becomes %s", (text, word) => expect(shellQuote(text)).toBe(word));

  test("hostile arguments reach the program unchanged through cron and dash", () => {
    const piece = fc.constantFrom(
      ..."'\"\\\\\\%%$` *?~#&;|<>()[]{}!=-aé🦉\t",
      "\\%",
      "\\\\",
      "'\\",
      "$(id)",
      "''",
    );
    const hostile = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
    const samples = fc.sample(hostile, { numRuns: 600, seed: 7 });
    for (const read of Object.values(readers)) {
      const commands = samples.map((text) => read(cronEscape(`printf '%s\\0' ${shellQuote(text)}`)));
      expect(commands.join("\n")).not.toContain("\0");
      const output = execFileSync("dash", { input: `${commands.join("\n")}\n`, encoding: "utf8" });
      expect(output.split("\0").slice(0, -1)).toEqual(samples);
    }
  });

  test("leaves no two backslashes together and no unescaped %", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("\\", "%", "'", "a") }), (text) => {
        const command = cronEscape(shellQuote(text));
        return !command.includes("\\\\") && !/(?<!\\)%/.test(command);
      }),
    );
  });
});
