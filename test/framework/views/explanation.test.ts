import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import type { Terminal } from "../../../framework/cli/terminal";
import { crontabRows } from "../../../framework/crontab/install/rows";
import { crontabLine } from "../../../framework/crontab/text/line";
import { type CronName, cronFacts } from "../../../framework/host/crons";
import { commandFacts } from "../../../framework/metadata/manifest";
import { parseInstant } from "../../../framework/schedule/times/instant";
import { explainAsWritten } from "../../../framework/views/explainAsWritten";
import { explain } from "../../../framework/views/explanation";
import { explanationText, mistakeText } from "../../../framework/views/explanationText";

const project = join(import.meta.dirname, "../../..");
const symbols = { done: "✓", failed: "✗", running: "●", never: "○", skipped: "↷", dots: "…", bar: "█" };
const named: Terminal = {
  paint: (style, text) => `${style}(${text})`,
  symbols,
  width: 80,
  isTerminal: false,
};
const plain: Terminal = { ...named, paint: (_, text) => text };
const now = new Date("2026-11-23T05:21:00Z");
const command = commandFacts("OpeningBell", "declared", { schedule: "30 9 * * 1-5" });

function text(expression: string, { timezone = "Europe/Berlin", terminal = plain, count = 3 } = {}): string {
  return explanationText(explain(expression, { hostTimezone: timezone, from: now, count }), now, terminal);
}

function mistake(expression: string, terminal = plain): string {
  return mistakeText(explain(expression, { hostTimezone: "UTC", from: now, count: 1 }), terminal);
}

describe("an explanation", () => {
  test("has the meaning, warnings, next times and crontab lines", () => {
    expect(text("0 0 */2 * 1")).toBe(`
  0 0 */2 * 1
  At 00:00, on days 1, 3, 5 and so on to 31 of the month, but only if it is
  Monday

  ! Both day fields must match because the day-of-month begins with *; otherwise
    a match of either one would be enough
  ! */2 restarts each month (days 1-31/2), so it is not every 2 days; rate(2
    days) is even

  Next on a host in Europe/Berlin
    Mon 07 Dec 2026 00:00 +01:00   in 13d 17h
    Mon 21 Dec 2026 00:00 +01:00   in 27d 17h
    Mon 11 Jan 2027 00:00 +01:00   in 48d 17h

  In the crontab
    0 0 */2 * 1 command`);
  });

  test("has every crontab line", () => {
    expect(text("10,40 0 8 L * *", { timezone: "Asia/Kolkata", count: 2 })).toBe(`
  10,40 0 8 L * *
  At seconds 10 and 40 of 08:00, on the last day of the month

  Next on a host in Asia/Kolkata
    Mon 30 Nov 2026 08:00:10 +05:30   in 6d 21h
    Mon 30 Nov 2026 08:00:40 +05:30   in 6d 21h

  In the crontab, 2 lines
    0 8 28-31 * * case "$(TZ=:/etc/localtime /bin/date -d '12:00 7 days' +\\%d)" in 07) /bin/sleep "$(( 110 - 1$(/bin/date +\\%S) ))" 2>/dev/null; LAJU_ENTRY=e21ec25a command ;; esac
    0 8 28-31 * * case "$(TZ=:/etc/localtime /bin/date -d '12:00 7 days' +\\%d)" in 07) /bin/sleep "$(( 140 - 1$(/bin/date +\\%S) ))" 2>/dev/null; LAJU_ENTRY=e21ec25a command ;; esac`);
  });

  test("of a schedule in another zone has the line that crontab:install writes", () => {
    const options = { timezone: "America/New_York", hostTimezone: "Europe/Berlin", from: now, count: 1 };
    const explanation = explain("30 9 * * 1-5", options);
    const row = crontabRows([{ ...command, timezone: "America/New_York" }], {
      hostTimezone: "Europe/Berlin",
    })[0];
    const place = { root: "/srv/app", build: "/srv/app/build", node: "/usr/bin/node" };
    const installed = row?.entries.map((entry) => crontabLine(row, entry, place));
    const start = `/usr/bin/node commands/OpeningBell.js >> ${row?.log} 2>&1`;
    expect(
      explanation.entries.map((line) =>
        line.replace(" LAJU", " cd /srv/app/build && LAJU").replace("command", start),
      ),
    ).toEqual(installed);
    expect(explanationText(explanation, now, plain)).toContain(
      "Next in America/New_York, on a host in Europe/Berlin\n    Mon 23 Nov 2026 09:30 -05:00   in 9h 09m\n",
    );
  });

  test("on a host whose daemon has its own TZ names it, like the crontab", () => {
    const options = { hostTimezone: "Asia/Tokyo", isDaemonsOwn: true, from: now, count: 1 };
    expect(explain("0 9 L * *", options).entries).toEqual([
      expect.stringMatching(/LAJU_ENTRY=[0-9a-f]{8}@Asia\/Tokyo command ;; esac$/),
    ]);
  });

  test("of @reboot has no times", () => {
    expect(text("@reboot", { terminal: named })).toBe(`
  bold(@reboot)
  Once per boot

  yellow(!) Debian's cron runs @reboot once per boot, but not when only the daemon
    restarts or when a container restarts and keeps /run/crond.reboot

  In the crontab
    @reboot command`);
  });

  test("shows the offset, which changes with the clock", () => {
    const summer = explain("0 8 * * *", {
      hostTimezone: "Europe/Berlin",
      from: new Date("2027-03-27T05:00Z"),
      count: 2,
    });
    expect(explanationText(summer, now, plain)).toContain(
      "    Sat 27 Mar 2027 08:00 +01:00   in 124d 1h\n    Sun 28 Mar 2027 08:00 +02:00   in 125d",
    );
  });

  test("of H says that the value depends on the command's name", () => {
    const options = { hostTimezone: "UTC", from: now, count: 1 };
    expect(explain("H 3 * * *", options).warnings).toEqual([
      "The value of H depends on the command's name: give it with --name",
    ]);
    const [a, b] = ["A", "B"].map((name) => explain("H 3 * * *", { ...options, name }));
    expect(a.warnings).toEqual([]);
    expect(a.entries).not.toEqual(b.entries);
  });
});

describe("a mistake", () => {
  test("is underlined, with the allowed values and the closest valid spelling", () => {
    expect(
      mistake("5/15 * * * *"),
    ).toBe(`✗ schedule "5/15 * * * *" has "5/15" as its minute, expected a step after * or a range

    5/15 * * * *
    ^^^^

  The minute must be a step after * or a range, such as "5-59/15 * * * *".`);
    expect(
      mistake("0 0 31 2 *", named),
    ).toBe(`red(✗) schedule "0 0 31 2 *" never fires: February has no day 31

    0 0 31 2 *
        ^^

  dim(The day-of-month must be a day in the chosen months, such as "0 0 L 2 *".)`);
  });

  test.each([
    ["0 8 * *", "    0 8 * *\n    ^^^^^^^"],
    ["0\t25 * * *", "    0 25 * * *\n      ^^"],
    ["@dayly", "    @dayly\n    ^^^^^^"],
    ["0 8 * * mon,,tue", "    0 8 * * mon,,tue\n                ^"],
    ["", "\n    ^"],
  ])("%j is underlined at the mistake", (expression, marked) => {
    expect(mistake(expression)).toContain(`\n${marked}\n`);
  });

  test("in a long expression is shown with its surroundings", () => {
    const minutes = Array.from({ length: 60 }, (_, minute) => minute).join(",");
    const lines = mistake(`${minutes},60 * * * *`).split("\n");
    expect(lines[2].slice(lines[3].indexOf("^"), lines[3].length)).toBe("60");
    expect(lines[2].length).toBeLessThanOrEqual(80);
  });
});

interface Row {
  expression: string;
  month?: number;
  deltas: number[];
}

function rowsOf(file: string): Row[] {
  return JSON.parse(readFileSync(join(project, "test/fixtures", file), "utf8")).rows;
}

function minutesOf({ deltas }: Row): number[] {
  let minute = 0;
  const minutes = deltas.map((delta) => {
    minute += delta;
    return minute;
  });
  return [...new Set(minutes)];
}

function minutesUntil(end: string, times: readonly string[]): number[] {
  return times.map((time) => Date.parse(time) / 60_000).filter((minute) => minute < Date.parse(end) / 60_000);
}

describe("explain --json matches what Debian's cron actually did", () => {
  const clockChanges: Record<number, [string, string]> = {
    3: ["2026-03-28T22:40Z", "2026-03-29T03:10Z"],
    10: ["2026-10-24T21:40Z", "2026-10-25T04:10Z"],
  };

  test("for half a year in UTC", () => {
    for (const row of rowsOf("firings-utc.json")) {
      const from = new Date("2027-12-31T23:59Z");
      const { next } = explain(row.expression, { hostTimezone: "UTC", from, count: row.deltas.length + 1 });
      const before = minutesUntil("2028-07-01", next);
      // For frequent schedules, only the first 1,000 firings are recorded.
      const expected = minutesOf(row);
      expect([row.expression, before.slice(0, expected.length)]).toEqual([row.expression, expected]);
      if (expected.length < 1000)
        expect([row.expression, before.length]).toEqual([row.expression, expected.length]);
    }
  });

  test("across both clock changes in Berlin", () => {
    for (const row of rowsOf("firings-berlin-dst.json")) {
      const [from, to] = clockChanges[row.month ?? 0];
      const options = { hostTimezone: "Europe/Berlin", from: new Date(from), count: 400 };
      const { next } = explain(row.expression, options);
      const minutes = minutesUntil(to, next);
      expect([row.month, row.expression, minutes]).toEqual([row.month, row.expression, minutesOf(row)]);
    }
  });

  test.each([1, 40, 80, 120])("as a program too (row %i)", async (index) => {
    const row = rowsOf("firings-berlin-dst.json")[index];
    const [from, to] = clockChanges[row.month ?? 0];
    const ended = await laju(
      ...[row.expression, "--json", "--host-timezone", "Europe/Berlin", "--from", from, "--count", "400"],
    );
    const { next } = JSON.parse(ended.stdout) as { next: string[] };
    expect(minutesUntil(to, next)).toEqual(minutesOf(row));
  });
});

describe("an explanation for another cron", () => {
  const here = { hostTimezone: "Europe/Berlin", from: now, count: 2 };
  const entries = (expression: string, name: CronName, host = "Europe/Berlin") =>
    explain(expression, { ...here, hostTimezone: host, cron: cronFacts(name) }).entries;

  test.each(["busybox", "systemd-cron", "bcron", "unknown"] as const)(
    "of %s keeps plain schedules plain, and sets at most one day field",
    (name) => {
      expect(entries("*/15 9-17 * * 1-5", name)).toEqual(["*/15 9-17 * * 1-5 command"]);
      expect(entries("0 8 1,15 * *", name)).toEqual(["0 8 1,15 * * command"]);
      expect(entries("0 8 */2 * *", name)).toEqual(["0 8 1-31/2 * * command"]);
      expect(entries("@weekly", name, "UTC")).toEqual(["0 0 * * 0 command"]);
      const both = '0 8 1-31/2 * * case "$(TZ=:/etc/localtime /bin/date +\\%u)" in 1)';
      expect(entries("0 8 */2 * 1", name)).toEqual([expect.stringContaining(both)]);
      const either = '0 8 * * * case "$(TZ=:/etc/localtime /bin/date +\\%d-\\%u)" in 01-?|15-?|??-1)';
      expect(entries("0 8 1,15 * 1", name)).toEqual([expect.stringContaining(either)]);
    },
  );

  test("of cronie is the same as of Debian's cron", () => {
    for (const expression of ["0 8 */2 * 1", "@reboot", "30 2 * * *", "0 18 * * 5L"]) {
      expect(entries(expression, "cronie")).toEqual(entries(expression, "debian"));
    }
  });

  test.each([
    ["debian", "/run/crond.reboot"],
    ["cronie", "/run/cron.reboot"],
    ["systemd-cron", "/run/crond.reboot"],
  ] as const)("warns that %s starts @reboot once per boot", (name, flag) => {
    const { warnings } = explain("@reboot", { ...here, cron: cronFacts(name) });
    expect(warnings).toEqual([expect.stringMatching(`once per boot, .* keeps ${flag}$`)]);
  });

  test("guards a time that the host's clocks skip, and no other", () => {
    const guard = '*/30 * * * * case "$(TZ=:/etc/localtime /bin/date +\\%H\\%M)" in 023[0-4]|030[0-4])';
    expect(entries("30 2 * * *", "busybox")).toEqual([expect.stringContaining(guard)]);
    expect(entries("30 2 * * *", "busybox", "UTC")).toEqual(["30 2 * * * command"]);
  });

  test("says what a cron cannot do", () => {
    const reboot = explain("@reboot", { ...here, cron: cronFacts("busybox") });
    expect(reboot).toMatchObject({
      valid: true,
      entries: [],
      refused: expect.stringContaining("no @reboot"),
    });
    expect(explanationText(reboot, now, plain)).toContain("Not in the crontab of BusyBox crond\n");
    expect(reboot.warnings).toEqual([]);
    const seconds = explain("*/20 * * * * *", { ...here, cron: cronFacts("systemd-cron") });
    expect(seconds.refused).toContain("up to a minute late");
    const wild = explain("*/30 * * * *", { ...here, cron: cronFacts("systemd-cron") });
    expect(wild.warnings).toContain(
      "systemd-cron starts nothing during the hour that the clocks of Europe/Berlin repeat",
    );
  });

  test("adds & to a line that sleeps, so that the daemon does not wait", () => {
    expect(entries("30 0 8 * * *", "busybox", "UTC")).toEqual([
      '0 8 * * * { /bin/sleep "$(( 130 - 1$(/bin/date +\\%S) ))" 2>/dev/null; command; } &',
    ]);
  });
});

describe("--as-written", () => {
  const from = new Date("2028-01-01T00:00Z");
  const asWritten = (expression: string, name: CronName) =>
    explainAsWritten(expression, { hostTimezone: "UTC", from, count: 2, cron: cronFacts(name) });

  test.each([
    ["0 9 */2 * 1", "debian", ["2028-01-03T09:00:00.000Z", "2028-01-17T09:00:00.000Z"]],
    ["0 9 */2 * 1", "busybox", ["2028-01-02T09:00:00.000Z", "2028-01-03T09:00:00.000Z"]],
    ["0 9 * * 7", "debian", ["2028-01-02T09:00:00.000Z", "2028-01-09T09:00:00.000Z"]],
    ["0 9 * * 7", "busybox", ["2028-01-01T09:00:00.000Z", "2028-01-02T09:00:00.000Z"]],
    ["0 9 1#1 * *", "debian", ["2028-01-01T09:00:00.000Z", "2028-02-01T09:00:00.000Z"]],
    ["0 9 1#1 * *", "busybox", []],
    ["0 22-2 * * *", "debian", []],
    ["5/10 0 * * *", "busybox", ["2028-01-01T00:05:00.000Z", "2028-01-02T00:05:00.000Z"]],
  ] as const)("%s on %s", (expression, name, next) => {
    expect(asWritten(expression, name)).toMatchObject({ valid: true, next });
  });

  test.each([
    ["5/15 * * * *", "debian", "bad minute"],
    ["0 8 * *", "debian", "bad day-of-week"],
    ["0 9 1#1 * *", "cronie", "bad day-of-month"],
    ["@daily", "busybox", "crashes"],
  ] as const)("%s is rejected by %s", (expression, name, word) => {
    expect(asWritten(expression, name)).toMatchObject({ valid: false, error: expect.stringContaining(word) });
  });
});

describe("node laju explain", () => {
  test("--json has the same facts for a valid expression", async () => {
    const ended = await laju(
      "0 8 * * *",
      "--json",
      "--host-timezone",
      "Europe/Berlin",
      "--from",
      "2026-03-28",
      "--count",
      "2",
    );
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse(ended.stdout)).toEqual({
      expression: "0 8 * * *",
      valid: true,
      description: "At 08:00",
      timezone: "Europe/Berlin",
      hostTimezone: "Europe/Berlin",
      cron: "debian",
      entries: ["0 8 * * * command"],
      next: ["2026-03-28T07:00:00.000Z", "2026-03-29T06:00:00.000Z"],
      warnings: [],
    });
  });

  test("--json has the same fields for an invalid one, and the problem", async () => {
    const ended = await laju("0 25 * * *", "--json");
    expect(ended).toMatchObject({ status: 2, stderr: "" });
    expect(JSON.parse(ended.stdout)).toEqual({
      expression: "0 25 * * *",
      valid: false,
      description: null,
      timezone: "UTC",
      hostTimezone: "UTC",
      cron: "debian",
      entries: [],
      next: [],
      warnings: [],
      error: 'schedule "0 25 * * *" has "25" as its hour, expected 0-23',
      hint: 'The hour must be 0-23, such as "0 23 * * *".',
      problem: {
        field: "hour",
        offset: 2,
        length: 2,
        found: "25",
        allowed: "0-23",
        suggestion: "0 23 * * *",
      },
    });
  });

  test("exits with status 2 and a message on stderr if the schedule is invalid", async () => {
    const ended = await laju("0 25 * * *");
    expect(ended).toMatchObject({ status: 2, stdout: "" });
    expect(ended.stderr).toContain("\n    0 25 * * *\n      ^^\n");
  });

  test("accepts a schedule without quotes", async () => {
    const ended = await laju("0", "8", "1", "*", "1", "--json", "--count", "0");
    expect(JSON.parse(ended.stdout)).toMatchObject({ expression: "0 8 1 * 1", next: [] });
  });

  test.each([
    [
      ["--timezone", "europe/berlin"],
      '✗ "europe/berlin" is not a time zone\n  Use a name from the time zone database, such as "Europe/Berlin".\n',
    ],
    [
      ["--from", "tomorrow"],
      '✗ "tomorrow" is not a valid time\n  Use ISO 8601, such as "2026-11-23T08:00Z" or "2026-11-23".\n',
    ],
    [["--count", "-1"], undefined],
    [
      ["--count", "many"],
      '✗ --count "many" is not a whole number up to 999999\n  Give the number of upcoming times to show, such as --count 10.\n',
    ],
  ])("rejects %j", async (flags, message) => {
    const ended = await laju("@daily", ...flags);
    expect(ended).toMatchObject({ status: 2, stdout: "" });
    if (message !== undefined) expect(ended.stderr).toBe(message);
  });

  test("--help says how to use it", async () => {
    expect((await laju("--help")).stdout).toBe(`Explain a schedule and show its next times

Usage  node laju explain "<schedule>" [options]

Takes five fields, six (seconds first), a macro such as @daily, rate(45 minutes) or @every 90m. Quote it,
or the shell replaces each * with file names. Exits with status 2 if the schedule is invalid.

Options
  --timezone <zone>        The schedule's time zone (default: the host's)
  --host-timezone <zone>   The time zone of the host's cron (default: this host's)
  --from <time>            Show times after this time, in ISO 8601 (default: now)
  --count <number>         How many upcoming times to show (default 5)
  --name <Name>            The name of the command, on which the value of an H in the schedule depends
  --cron <cron>            The cron that reads the crontab (default: this host's): debian, cronie, busybox, systemd-cron, bcron, unknown
  --as-written             Show when cron alone would run a line with exactly these fields, without the checks that laju adds
  --json                   Print the explanation as JSON
  -h, --help               Show this text

Examples
  node laju explain "*/20 9-17 * * 1-5"                       Explain a schedule in words, with its next five times
  node laju explain "0 9 * * *" --timezone America/New_York   Show when a schedule in New York's time zone starts on this host
`);
  });
});

describe("a moment", () => {
  test.each([
    ["2026-11-23T08:00:00Z", "2026-11-23T08:00:00.000Z"],
    ["2026-11-23T08:00+05:30", "2026-11-23T02:30:00.000Z"],
    ["2026-11-23T08:00:01.5+0100", "2026-11-23T07:00:01.500Z"],
    ["2026-11-23 08:00", "2026-11-23T07:00:00.000Z"],
    ["2026-11-23", "2026-11-22T23:00:00.000Z"],
    ["2026-07-01", "2026-06-30T22:00:00.000Z"],
    ["2026-03-29T02:30", "2026-03-29T01:30:00.000Z"],
    ["2026-10-25T02:30", "2026-10-25T00:30:00.000Z"],
    ["2026-03-29T12:00", "2026-03-29T10:00:00.000Z"],
  ])("%s in Berlin is %s", (written, instant) => {
    expect(parseInstant(written, "Europe/Berlin").toISOString()).toBe(instant);
  });

  test.each(["", "now", "2026-13-01", "2026-02-30", "2026-11-23T25:00", "1764000000", "2026-11-23T08"])(
    "cannot be %j",
    (written) => {
      expect(() => parseInstant(written, "UTC")).toThrow(`${JSON.stringify(written)} is not a valid time`);
    },
  );
});

function laju(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, LANG: "C.UTF-8", TZ: "UTC" };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["laju", "explain", ...args],
      { cwd: inject("template"), env },
      (error, stdout, stderr) => resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}
