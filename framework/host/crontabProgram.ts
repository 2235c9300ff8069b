import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { environmentWith } from "../config/config";
import type { CronName } from "./crons";

/** Whose crontab(1) it is. */
export interface CrontabProgram {
  /** Undefined for one that laju does not know. */
  cron: CronName | undefined;
  version?: string;
  /** How it judges a table without installing it, where it can. */
  dryRun?: "-n" | "-T";
}

/** Each is asked once: a verb needs to know several times, and no program changes meanwhile. */
const known = new Map<string, CrontabProgram | undefined>();

/** Which crontab(1) this is, by what it says to an option that most do not have; undefined where there is none. */
export function crontabProgram(program = "crontab"): CrontabProgram | undefined {
  const environment = environmentWith({ LC_ALL: "C" });
  const key = `${program}\n${environment.PATH}`;
  if (!known.has(key)) known.set(key, ask(program, environment));
  return known.get(key);
}

function ask(program: string, env: NodeJS.ProcessEnv): CrontabProgram | undefined {
  // Nobody's -V changes anything: cronie answers it, all others complain.
  const { error, status, stdout, stderr } = spawnSync(program, ["-V"], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
  });
  return error ? undefined : readAnswer(`${stdout}\n${stderr}`, status === 0);
}

/** From what `crontab -V` says. */
export function readAnswer(text: string, isAnswered: boolean): CrontabProgram {
  const busybox = /BusyBox v([\d.]+)/.exec(text);
  if (busybox) return { cron: "busybox", version: busybox[1] };
  const cronie = /cronie ([\d.]+)/.exec(text);
  if (cronie) return { cron: "cronie", version: cronie[1], dryRun: "-T" };
  // An old cronie, which has no -V; its -n sets the host of a cluster.
  if (/-n\b.*host/.test(text)) return { cron: "cronie", dryRun: "-T" };
  if (/\bbcrontab\b/.test(text)) return { cron: "bcron" };
  if (/fcrontab|dcron|\bcrontab \d+\.\d+/.test(text)) return { cron: undefined };
  if (hasSystemdGenerator() && !/1003\.2/.test(text)) {
    return { cron: "systemd-cron", ...(/-T\b/.test(text) && { dryRun: "-T" }) };
  }
  if (/usage: crontab \[-h\] \[-u USER\]/.test(text)) return { cron: "systemd-cron" };
  // Vixie's own words on Linux; BSD's and macOS's getopt says "illegal option".
  if (/(invalid|unrecognized) option -- '?V/.test(text)) return { cron: "debian", dryRun: "-n" };
  return { cron: undefined, ...(isAnswered ? {} : { dryRun: "-n" }) };
}

export function hasSystemdGenerator(): boolean {
  const folders = ["/lib/systemd/system-generators", "/usr/lib/systemd/system-generators"];
  return folders.some((folder) => existsSync(`${folder}/systemd-crontab-generator`));
}
