import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { portableNotes, portableRunner } from "../../../../framework/crontab/install/portable";
import { crontabRows } from "../../../../framework/crontab/install/rows";
import { crontabLine } from "../../../../framework/crontab/text/line";
import { type CronName, cronFacts } from "../../../../framework/host/crons";
import type { CommandMeta } from "../../../../framework/metadata/commandMeta";
import { commandFacts } from "../../../../framework/metadata/manifest";
import { waitFor } from "../../../support/crontab/cron";
import { needs } from "../../../support/servers/requirement";

function facts(meta: CommandMeta, name = "reports/Monthly") {
  return commandFacts(name, "script", meta);
}

describe("the part before node in a portable line", () => {
  test.each<[CommandMeta, string]>([
    [{ schedule: "@daily" }, "/usr/bin/flock -n -E 0 /srv/logs/reports/reports-Monthly.lock"],
    [{ schedule: "@daily", overlap: "wait" }, "/usr/bin/flock /srv/logs/reports/reports-Monthly.lock"],
    [{ schedule: "@daily", overlap: "allow" }, ""],
    [{ schedule: "@daily", overlap: "allow", timeout: "90s" }, "/usr/bin/timeout -k 30 90"],
    [{ schedule: "@daily", overlap: "allow", timeout: "500ms" }, "/usr/bin/timeout -k 30 0.5"],
    [
      { schedule: "@daily", timeout: "10m", retries: 1, retryDelay: "10s" },
      "/usr/bin/flock -n -E 0 /srv/logs/reports/reports-Monthly.lock /usr/bin/timeout -k 30 1212",
    ],
  ])("of %j is %j", (meta, words) => {
    expect(portableRunner(facts(meta), "/srv/logs/reports/Monthly.log").join(" ")).toBe(words);
  });
});

test.each(["busybox", "unknown"] as const)("a line for %s has no flock -E, which BusyBox lacks", (cron) => {
  const words = portableRunner(facts({ schedule: "@daily" }), "/srv/logs/Monthly.log", cronFacts(cron));
  expect(words.join(" ")).toBe("/usr/bin/flock -n /srv/logs/reports-Monthly.lock");
});

describe("the notes on portable lines", () => {
  test.each<[CommandMeta, string[]]>([
    [{ schedule: "30 2 * * *" }, []],
    [{ schedule: "30 2 * * *", timezone: "Europe/Paris" }, ["Paris"]],
    [{ schedule: ["30 8 * * *", "*/5 2 * * *", "@reboot"], timezone: "Europe/Paris" }, []],
    [{ schedule: "30 1 * * *", timezone: "Asia/Kolkata" }, []],
    [{ schedule: "rate(7 minutes)" }, ["clock is set"]],
  ])("of %j tell where the shell is weaker: %j", (meta, notes) => {
    const found = portableNotes([facts(meta)], "UTC");
    expect(found.map((note, index) => note.includes(notes[index]))).toEqual(notes.map(() => true));
  });
});

describe("the notes on portable lines for other crons, on a host with clock changes", () => {
  test.each<[CronName, string, string | undefined]>([
    ["debian", "30 2 * * *", undefined],
    ["busybox", "30 2 * * *", "does not run for 02:30, which the clocks skip, and runs twice for 02:30"],
    ["busybox", "*/30 2 * * *", undefined],
    ["busybox", "30 8 * * *", undefined],
    ["systemd-cron", "30 2 * * *", "deviates from what explain says when the clocks of Europe/Berlin"],
    ["bcron", "*/30 2 * * *", "because bcron has its own rules for that"],
    ["bcron", "*/30 * * * *", undefined],
    ["unknown", "30 2 * * *", "runs twice for 02:30"],
  ])("%s: %s %s", (cron, schedule, note) => {
    const [found] = portableNotes([facts({ schedule })], "Europe/Berlin", cronFacts(cron));
    if (note === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(note);
  });
});

const flock = needs("flock");

describe.skipIf(flock.skip)(`a portable line in a shell${flock.label}`, () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "laju portable "));
    mkdirSync(join(folder, "build", "commands"), { recursive: true });
    mkdirSync(join(folder, "logs"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("starts nothing while the command runs, and exits with status 0", async () => {
    const line = lineOf(
      { schedule: "@daily" },
      "started=$0; echo go; until [ -e stop ]; do sleep 0.05; done",
    );
    const first = start(line);
    await waitFor(undefined, () => existsSync(log()) && readFileSync(log(), "utf8") === "go\n");
    expect(await start(line)).toBe(0);
    writeFileSync(join(folder, "build", "stop"), "");
    expect(await first).toBe(0);
    expect(readFileSync(log(), "utf8")).toBe("go\n");
    expect(await start(line)).toBe(0);
    expect(readFileSync(log(), "utf8")).toBe("go\ngo\n");
  });

  test("ends a command that takes too long, with status 124", async () => {
    const line = lineOf({ schedule: "@daily", timeout: "200ms" }, "exec sleep 30");
    expect(await start(line)).toBe(124);
  });

  test("passes on the command's own status", async () => {
    expect(await start(lineOf({ schedule: "@daily", timeout: "10s" }, "exit 3"))).toBe(3);
  });

  const log = () => join(folder, "logs", "Job.log");

  /** The line's command as the shell sees it, for a program that is a shell script. */
  function lineOf(meta: CommandMeta, script: string): string {
    writeFileSync(join(folder, "build", "commands", "Job.js"), `${script}\n`);
    const [row] = crontabRows([facts(meta, "Job")], {
      hostTimezone: "UTC",
      logs: join(folder, "logs"),
      isPortable: true,
    });
    const place = { root: folder, build: join(folder, "build"), node: "/bin/sh" };
    const [entry] = row.entries;
    return crontabLine(row, entry, place).slice(entry.fields.length + 1);
  }

  function start(line: string): Promise<number | null> {
    const child = spawn("/bin/sh", ["-c", line], { stdio: "ignore" });
    return new Promise((resolve) => child.on("exit", resolve));
  }
});
