import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Started, VirtualRun } from "../virtualTime";

const run = promisify(execFile);
/** How late systemd can start a timer's service (AccuracySec): a minute. */
const latest = 59;

/**
 * The starts that systemd-cron makes from a table: its generator writes timers, and systemd's own calendar computes
 * their times.
 */
export async function recordSystemdCron(
  generator: string,
  { table, timezone, from, to }: VirtualRun,
): Promise<Started[]> {
  const folder = mkdtempSync(join(tmpdir(), "virtual-systemd-cron-"));
  try {
    writeFileSync(join(folder, "table"), table.endsWith("\n") ? table : `${table}\n`);
    await run("unshare", ["--mount", "sh", "-euc", generate, "sh", folder, generator]);
    const timers = readdirSync(folder)
      .filter((name) => name.endsWith(".timer"))
      .map((name) => timerIn(folder, name));
    const all: Started[] = [];
    for (const { calendar, command } of timers) {
      for (const at of await elapses(calendar, timezone, [from, to])) {
        // Add a random delay up to the maximum, as systemd does.
        all.push({ at: at + ((all.length * 23) % (latest + 1)), command });
      }
    }
    return all.sort((a, b) => a.at - b.at);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs the generator in a private mount namespace, because it reads the spool and writes files to /run. */
const generate = `
  mount -t tmpfs none /run
  mount -t tmpfs none /var/spool/cron
  mkdir "$1/cron.d" /var/spool/cron/crontabs /run/systemd
  : > "$1/empty"
  mount --bind "$1/cron.d" /etc/cron.d
  mount --bind "$1/empty" /etc/crontab
  cp "$1/table" /var/spool/cron/crontabs/root
  /usr/bin/python3 "$2" "$1"
`;

function timerIn(folder: string, name: string): { calendar: string; command: string } {
  const timer = readFileSync(join(folder, name), "utf8");
  const calendar = /^OnCalendar=(.*)$/m.exec(timer)?.[1];
  if (calendar === undefined) throw new Error(`${name} has no calendar:\n${timer}`);
  return { calendar, command: readFileSync(join(folder, name.replace(/timer$/, "sh")), "utf8") };
}

/** The times after the start of the range and before its end, in seconds since the epoch. */
async function elapses(calendar: string, timezone: string, [from, to]: [Date, Date]): Promise<number[]> {
  const days = (to.getTime() - from.getTime()) / 86_400_000;
  const { stdout } = await run(
    "systemd-analyze",
    [
      "calendar",
      `--iterations=${Math.ceil(timesPerDay(calendar) * (days + 1)) + 1}`,
      `--base-time=${textOf(from)}`,
      calendar,
    ],
    { env: { PATH: process.env.PATH, TZ: timezone, LC_ALL: "C" }, maxBuffer: 64 * 1024 * 1024 },
  );
  const times = [...stdout.matchAll(/^ *(?:\(in UTC\)|Next elapse|Iter\. #\d+): \S+ (\S+ \S+) UTC$/gm)];
  return times
    .map(([, text]) => Date.parse(`${text?.replace(" ", "T")}Z`) / 1000)
    .filter((second) => second < to.getTime() / 1000);
}

/** How often a calendar that the generator wrote can elapse in a day. */
function timesPerDay(calendar: string): number {
  const [hours = "*", minutes = "*"] = calendar.split(" ").at(-1)?.split(":") ?? [];
  const count = (field: string, all: number) => (field === "*" ? all : field.split(",").length);
  return count(hours, 24) * count(minutes, 60);
}

function textOf(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
