import { type ChildProcess, type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { needs } from "../servers/requirement";

const missing = missingForCron();

/** For `describe.skipIf(needsCron.skip)`. With CI=true, tests are never skipped. */
export const needsCron = {
  skip: missing.length > 0 && process.env.CI !== "true",
  label: ` (needs ${missing.length > 0 ? missing.join(", ") : "cron"})`,
};

/** A private spool of crontabs, with Debian's own cron and crontab. */
export interface CronSandbox {
  /** A folder for the test's files. */
  folder: string;
  /** The path of a `crontab` program that uses only this spool. */
  program: string;
  /** The folder that contains this `crontab`, for PATH. */
  bin: string;
  /** The command prefix for running a program in the sandbox. */
  enter: readonly string[];
  /** Runs crontab(1). */
  crontab(args: string[], input?: string | Buffer): SpawnSyncReturns<Buffer>;
  /** Runs a shell script in the sandbox. The script sees this spool, but otherwise the real machine. */
  shell(script: string): SpawnSyncReturns<Buffer>;
  stop(): Promise<void>;
}

/**
 * Creates the private spool. With `daemon`, the real cron daemon runs its crontabs, with `tz` as its TZ. The machine's
 * own crontabs can't be reached. A daemon with a TZ gets its own process namespace, so that other tests don't mistake
 * it for theirs.
 */
export async function startCron({ daemon = false, tz = "" } = {}): Promise<CronSandbox> {
  const folder = mkdtempSync(join(tmpdir(), "laju-cron-"));
  chmodSync(folder, 0o755);
  const program = daemon ? "cron -f" : "cat";
  const words = tz === "" ? [program, "--mount"] : [`env TZ=${tz} ${program}`, ...ownProcesses];
  const keeper = spawn("sh", ["-euc", privateMounts, "sh", folder, ...words], {
    stdio: ["pipe", "ignore", "pipe"],
  });
  const ready = join(folder, "ready");
  await waitFor(keeper, () => existsSync(ready));
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const inside = tz === "" ? [`${keeper.pid}`, "-m"] : [childOf(keeper), "-m", "-p"];
  const enter = ["nsenter", "-t", ...inside, "--"];
  writeFileSync(join(bin, "crontab"), `#!/bin/sh\nexec ${enter.join(" ")} /usr/bin/crontab "$@"\n`, {
    mode: 0o755,
  });
  const run = (words: string[], input?: string | Buffer) =>
    spawnSync(enter[0], [...enter.slice(1), ...words], { input });
  return {
    folder,
    bin,
    program: join(bin, "crontab"),
    enter,
    crontab: (args, input) => run(["crontab", ...args], input),
    shell: (script) => run(["sh", "-c", script]),
    stop: () => stop(keeper, folder),
  };
}

/**
 * Mounts the private spool, and disables mail and the system's crontabs. The limit on open files (ulimit) saves time,
 * because cron closes every possible file descriptor. The spool gets an old date, because the daemon compares whole
 * seconds and would miss a crontab installed in the second of its first check.
 */
const privateMounts = `
ulimit -n 256
folder=$1 program=$2
shift 2
exec unshare "$@" sh -euc '
  mount -t tmpfs none /run
  mount -t tmpfs none /var/spool/cron
  mkdir -m 1730 /var/spool/cron/crontabs
  chgrp crontab /var/spool/cron/crontabs
  mkdir "$1/cron.d"
  : > "$1/empty"
  mount --bind "$1/cron.d" /etc/cron.d
  mount --bind "$1/empty" /etc/crontab
  if [ -e /usr/sbin/sendmail ]; then mount --bind /bin/true /usr/sbin/sendmail; fi
  touch --date=@0 /var/spool/cron/crontabs "$1/cron.d" "$1/empty"
  : > "$1/ready"
  exec setpriv --pdeathsig KILL $2
' sh "$folder" "$program"
`;

const ownProcesses = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];

function childOf({ pid }: ChildProcess): string {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
}

/** Waits until a condition holds, at most `limit` milliseconds. Throws if the process has exited before. */
export async function waitFor(keeper: ChildProcess | undefined, isMet: () => boolean, limit = 10_000) {
  const giveUpAt = Date.now() + limit;
  while (!isMet()) {
    if (keeper?.exitCode != null)
      throw new Error(`cron's mounts: ${keeper.stderr?.read() ?? keeper.exitCode}`);
    if (Date.now() > giveUpAt) throw new Error(`condition not met within ${limit} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function stop(keeper: ChildProcess, folder: string): Promise<void> {
  if (keeper.exitCode === null && keeper.signalCode === null) {
    const ended = new Promise((resolve) => keeper.once("exit", resolve));
    keeper.kill("SIGKILL");
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
}

function missingForCron(): string[] {
  const programs = ["cron", "crontab", "unshare", "nsenter"].filter((name) => needs(name).path === undefined);
  const isDebian = existsSync("/etc/debian_version");
  return [...programs, ...(process.getuid?.() === 0 ? [] : ["root"]), ...(isDebian ? [] : ["Debian's cron"])];
}
