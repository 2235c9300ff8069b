import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { waitFor } from "./cron";
import { bcron, bcronLibraries, busybox, systemdCron, unixserver } from "./otherCrons";

interface Answer {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** A private spool with the programs of another cron, in a private mount namespace. */
export interface OtherCronSandbox {
  /** The folder that contains `crontab`, for PATH. */
  bin: string;
  /** A folder for the test's files. */
  folder: string;
  /** Runs this cron's crontab(1). Its output is decoded as latin1, so that no byte is lost. */
  crontab(...args: string[]): Answer;
  /** Installs root's crontab. `table` is its text in latin1. */
  put(table: string): void;
  /** The command prefix for running a program in the namespace. */
  enter: readonly string[];
  /** Runs a shell script in the namespace. `$1` is the folder. */
  shell(script: string): Answer;
  stop(): Promise<void>;
}

interface Plan {
  /** A shell script that mounts everything, creates the file "ready", and becomes the daemon. `$1` is the folder. */
  mounts: string;
  /** Further arguments of the script, after the folder. */
  words: string[];
  path?: string;
  env?: NodeJS.ProcessEnv;
  /** The command that runs this cron's crontab(1). */
  crontab: string[];
}

const usualPath = "/usr/bin:/bin:/usr/sbin:/sbin";

/**
 * Starts BusyBox's crond with Alpine's layout, in which the spool is a link to /etc/crontabs. All processes can see the
 * daemon, so that laju finds it as it would on Alpine. `plain/crontab` works only for root; `suid/crontab` is setuid,
 * as in Alpine's package busybox-suid.
 */
export function startBusyBox(): Promise<OtherCronSandbox> {
  const program = busybox.path as string;
  const mounts = `
    mount -t tmpfs none /run
    mount -t tmpfs none /var/spool/cron
    mkdir "$1/etc" "$1/plain" "$1/suid"
    mount -t tmpfs none "$1/etc"
    mkdir "$1/etc/up" "$1/etc/work"
    mount -t overlay overlay -o "lowerdir=/etc,upperdir=$1/etc/up,workdir=$1/etc/work" /etc
    mkdir -m 755 /etc/crontabs
    ln -s /etc/crontabs /var/spool/cron/crontabs
    cp "$2" "$1/suid/busybox"
    chmod 4755 "$1/suid/busybox"
    ln -s busybox "$1/suid/crontab"
    ln -s "$2" "$1/plain/crontab"
    : > "$1/ready"
    exec setpriv --pdeathsig KILL "$2" crond -f -L "$1/crond.log"
  `;
  return start({ mounts, words: [program], crontab: [program, "crontab"] });
}

/**
 * Starts bcron: bcron-start starts bcron-sched, which decides what to run, and bcron-exec, which runs it. The user
 * `daemon` owns the spool.
 */
export function startBcron(): Promise<OtherCronSandbox> {
  const sbin = join(bcron.path as string, "..");
  const mounts = `
    mount -t tmpfs none /run
    mount -t tmpfs none /var/spool/cron
    mkdir /var/spool/cron/crontabs /var/spool/cron/tmp
    mkfifo /var/spool/cron/trigger
    chown -R daemon:daemon /var/spool/cron
    env UID=$(id -u daemon) GID=$(id -g daemon) "$2" -U /run/bcron-spool bcron-spool &
    echo $! > "$1/pid"
    until [ -e /run/bcron-spool ]; do sleep 0.05; done
    : > "$1/ready"
    exec bcron-start
  `;
  const libraries = { LD_LIBRARY_PATH: bcronLibraries };
  return start({
    mounts,
    words: [unixserver.path as string],
    path: sbin,
    env: { ...libraries, BCRON_USER: "daemon" },
    crontab: ["env", `LD_LIBRARY_PATH=${bcronLibraries}`, join(sbin, "../bin/bcrontab")],
  });
}

/**
 * Prepares systemd-cron, which has no daemon: a generator turns crontabs into timers. Its crontab(1) expects the
 * generator in /lib.
 */
export function startSystemdCron(): Promise<OtherCronSandbox> {
  const generator = systemdCron.path as string;
  const mounts = `
    mount -t tmpfs none /run
    mount -t tmpfs none /var/spool/cron
    mkdir /var/spool/cron/crontabs /run/systemd "$1/cron.d" "$1/units"
    : > "$1/empty"
    mount --bind "$1/cron.d" /etc/cron.d
    mount --bind "$1/empty" /etc/crontab
    mount -t tmpfs none /lib/systemd/system-generators
    cp "$2" /lib/systemd/system-generators/
    : > "$1/ready"
    exec setpriv --pdeathsig KILL sleep infinity
  `;
  const program = join(generator, "../../../../usr/bin/crontab");
  return start({ mounts, words: [generator], crontab: ["/usr/bin/python3", program] });
}

async function start({ mounts, words, path, env = {}, crontab }: Plan): Promise<OtherCronSandbox> {
  const folder = mkdtempSync(join(tmpdir(), "laju-cron-"));
  const bin = join(folder, "bin");
  chmodSync(folder, 0o755);
  mkdirSync(bin);
  const keeper = spawn("unshare", ["--mount", "sh", "-euc", mounts, "sh", folder, ...words], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { PATH: path === undefined ? usualPath : `${path}:${usualPath}`, ...env },
  });
  await waitFor(keeper, () => existsSync(join(folder, "ready")));
  const enter = ["nsenter", "-t", `${keeper.pid}`, "-m", "--"];
  const script = `#!/bin/sh\nexec ${[...enter, ...crontab].join(" ")} "$@"\n`;
  writeFileSync(join(bin, "crontab"), script, { mode: 0o755 });
  return {
    bin,
    folder,
    enter,
    crontab: (...args) => answerOf([join(bin, "crontab"), ...args]),
    put(table) {
      const file = join(folder, "table");
      writeFileSync(file, table, "latin1");
      const { status, stderr } = answerOf([join(bin, "crontab"), "-u", "root", file]);
      if (status !== 0) throw new Error(stderr);
    },
    shell: (text) => answerOf([...enter, "sh", "-euc", text, "sh", folder]),
    stop: () => stop(keeper, folder),
  };
}

function answerOf([program = "", ...args]: readonly string[]): Answer {
  const { status, stdout, stderr } = spawnSync(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  return { status, stdout: stdout.toString("latin1"), stderr: stderr.toString() };
}

async function stop(keeper: ChildProcess, folder: string): Promise<void> {
  if (keeper.exitCode === null && keeper.signalCode === null) {
    const ended = new Promise((resolve) => keeper.once("exit", resolve));
    keeper.kill("SIGKILL");
    await ended;
  }
  // Kill the helper too. It has changed its user, which cancels the signal that it would get when its parent dies.
  const helper = join(folder, "pid");
  if (existsSync(helper)) killIfAlive(Number(readFileSync(helper, "utf8")));
  rmSync(folder, { recursive: true, force: true });
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
