import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { environmentWith } from "../config/config";
import type { CronName } from "./crons";

/** The cron to which a crontab(1) program belongs. */
export interface CrontabProgram {
  /** The cron implementation; undefined if laju doesn't know it. */
  cron: CronName | undefined;
  version?: string;
  /** The option for checking a crontab without installing it, if there is one. */
  dryRun?: "-n" | "-T";
}

/** Caches the results, because verbs need them several times. */
const known = new Map<string, CrontabProgram | undefined>();

/**
 * Identifies the host's crontab(1) by its response to -V, which most don't support. Returns undefined if there is no
 * crontab(1).
 */
export function crontabProgram(program = "crontab"): CrontabProgram | undefined {
  const environment = environmentWith({ LC_ALL: "C" });
  const key = `${program}\n${environment.PATH}`;
  if (!known.has(key)) known.set(key, ask(program, environment));
  return known.get(key);
}

function ask(program: string, env: NodeJS.ProcessEnv): CrontabProgram | undefined {
  // -V is safe everywhere: cronie prints its version, and all others print an error.
  const { error, status, stdout, stderr } = spawnSync(program, ["-V"], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
  });
  return error ? undefined : readAnswer(`${stdout}\n${stderr}`, status === 0);
}

/** Interprets the output of `crontab -V`. */
export function readAnswer(text: string, isAnswered: boolean): CrontabProgram {
  const busybox = /BusyBox v([\d.]+)/.exec(text);
  if (busybox) return { cron: "busybox", version: busybox[1] };
  // Without setuid, BusyBox prints this message to any user but root.
  if (/^crontab: must be suid to work properly$/m.test(text)) return { cron: "busybox" };
  const cronie = /cronie ([\d.]+)/.exec(text);
  if (cronie) return { cron: "cronie", version: cronie[1], dryRun: "-T" };
  // An old cronie without -V. Its -n sets a cluster's host instead of checking a crontab.
  if (/-n\b.*host/.test(text)) return { cron: "cronie", dryRun: "-T" };
  if (/\bbcrontab\b/.test(text)) return { cron: "bcron" };
  if (/fcrontab|dcron|\bcrontab \d+\.\d+/.test(text)) return { cron: undefined };
  if (hasSystemdGenerator() && !/1003\.2/.test(text)) {
    return { cron: "systemd-cron", ...(/-T\b/.test(text) && { dryRun: "-T" }) };
  }
  if (/usage: crontab \[-h\] \[-u USER\]/.test(text)) return { cron: "systemd-cron" };
  // Vixie cron on Linux. On BSD and macOS, getopt says "illegal option".
  if (/(invalid|unrecognized) option -- '?V/.test(text)) return { cron: "debian", dryRun: "-n" };
  return { cron: undefined, ...(isAnswered ? {} : { dryRun: "-n" }) };
}

export function hasSystemdGenerator(): boolean {
  const folders = ["/lib/systemd/system-generators", "/usr/lib/systemd/system-generators"];
  return folders.some((folder) => existsSync(`${folder}/systemd-crontab-generator`));
}
