import { existsSync, realpathSync } from "node:fs";
import { basename, dirname } from "node:path";

/** Who started this process. */
export interface Starter {
  /** The crontab entry's id, if cron did and has to say which. */
  entryId: string | undefined;
  /** The scheduled moment that it was started for, where `schedule:work` or the monitor did. */
  slot: number | undefined;
  isUnderPm2: boolean;
  /** The script that pm2's container runs. Children of a process under pm2 inherit it. */
  pm2Script: string | undefined;
  /** 1, or the number of the attempt where a failed run is tried again. */
  attempt: number;
  /** The key of the run whose first attempt failed. */
  retryOf: string | undefined;
  /** Whether `laju run` did, and so a person or a program that means it. */
  isByHand: boolean;
  /** The key that its run is to have, where whoever started it looks for it afterwards. */
  key: string | undefined;
}

export function starterSettings(): Starter {
  const { LAJU_ENTRY, LAJU_SLOT, LAJU_ATTEMPT = "", LAJU_BY_HAND, pm_id, pm_exec_path } = process.env;
  const [attempt, retryOf] = LAJU_ATTEMPT.split(" ");
  return {
    entryId: LAJU_ENTRY || undefined,
    slot: Number(LAJU_SLOT) || undefined,
    isUnderPm2: pm_id !== undefined && isPm2Script(process.argv[1], pm_exec_path),
    pm2Script: pm_exec_path,
    attempt: Number(attempt) || 1,
    retryOf: retryOf || undefined,
    isByHand: LAJU_BY_HAND !== undefined && LAJU_BY_HAND !== "",
    key: /^[a-z0-9]{8,40}$/.test(LAJU_BY_HAND ?? "") ? LAJU_BY_HAND : undefined,
  };
}

/** pm2's own default, in milliseconds. */
const pm2Default = 1600;

/**
 * How long after SIGINT pm2 kills this process, in milliseconds; undefined where pm2 started neither this process nor
 * one above it: pm2 kills the whole tree.
 */
export function pm2KillTimeout(environment = process.env): number | undefined {
  const { pm_id, pm_pid_path, kill_timeout } = environment;
  if (pm_id === undefined && pm_pid_path === undefined) return undefined;
  // pm2 gives a process its own settings as variables; 0 is its default as well.
  return Number(kill_timeout) || pm2Default;
}

/** What a process under pm2 starts inherits pm2's variables, but is another script than the one they name. */
function isPm2Script(started: string | undefined, script: string | undefined): boolean {
  if (started === undefined || script === undefined) return true;
  if (basename(started).startsWith("ProcessContainer")) return true;
  const isThere = existsSync(started) && existsSync(script);
  return started === script || (isThere && realpathSync(started) === realpathSync(script));
}

/** Words for this command's own command line that its starter kept off it, since everybody can read that. */
export function hiddenArguments(): string[] {
  const { LAJU_ARGUMENTS } = process.env;
  if (!LAJU_ARGUMENTS) return [];
  delete process.env.LAJU_ARGUMENTS;
  return JSON.parse(LAJU_ARGUMENTS);
}

/** The variable that hands them on. */
export function hidingArguments(words: readonly string[]): Record<string, string> {
  return words.length === 0 ? {} : { LAJU_ARGUMENTS: JSON.stringify(words) };
}

/** Through which root's process calls crontab(1) for this one, where root started it in this user's app. */
export function crontabSocket(): number | undefined {
  return process.env.LAJU_CRONTAB_FD === "3" ? 3 : undefined;
}

/** The variable that marks what a run has started: a word for each run around it, the outermost first. */
export const markName = "LAJU_RUN";

/** The marks of the runs that this process is a part of. */
export function marksAround(): string[] {
  return (process.env[markName] ?? "").split(" ").filter(Boolean);
}

/**
 * Marks this process's environment, and so that of everything it starts, with its own run inside those around it. Who
 * started this process, and for what, goes no further: a command that it starts has an entry and attempts of its own.
 */
export function markEnvironment(mark: string, around: readonly string[]): void {
  for (const name of ["LAJU_ENTRY", "LAJU_SLOT", "LAJU_ATTEMPT", "LAJU_BY_HAND"]) delete process.env[name];
  process.env[markName] = [...around, mark].join(" ");
  addOwnNodeToPath();
}

/** Stands behind the mark of a run in the environment of what a part of it starts. */
export const partSign = "part";

/** Lets what this part of a run starts know that it is below a part. */
export function markPart(): void {
  process.env[markName] = [...marksAround(), partSign].join(" ");
  addOwnNodeToPath();
}

/** cron's PATH is /usr/bin:/bin: where node is elsewhere, `node …` in a child would not be found. */
function addOwnNodeToPath(): void {
  const folders = (process.env.PATH || "/usr/bin:/bin").split(":");
  const own = dirname(process.execPath);
  process.env.PATH = (folders.includes(own) ? folders : [...folders, own]).join(":");
}

/** The log files of a process in pm2's cluster mode; undefined in every other process, its children included. */
export function pm2ClusterLogs(): { out: string; error: string } | undefined {
  const { exec_mode, pm_out_log_path: out, pm_err_log_path: error } = process.env;
  if (exec_mode !== "cluster_mode" || !out || !error) return undefined;
  const cluster = process.getBuiltinModule("node:cluster") as { isWorker?: boolean };
  return cluster.isWorker ? { out, error } : undefined;
}

/** The environment for a command that starts by itself: that pm2 or cron started this process is not its affair. */
export function environmentForStart(): NodeJS.ProcessEnv {
  const {
    LAJU_ENTRY: _entry,
    LAJU_SLOT: _slot,
    LAJU_ATTEMPT: _attempt,
    LAJU_BY_HAND: _byHand,
    LAJU_RUN: _run,
    pm_id: _id,
    pm_exec_path: _path,
    exec_mode: _mode,
    ...environment
  } = process.env;
  return environment;
}
