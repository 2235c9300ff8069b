import { existsSync, realpathSync } from "node:fs";
import { basename, dirname } from "node:path";

/** How this process was started. */
export interface Starter {
  /** The id of the crontab entry, if cron started it and the command must check the time. */
  entryId: string | undefined;
  /** The scheduled time, if `schedule:work` or the monitor started it. */
  slot: number | undefined;
  isUnderPm2: boolean;
  /** The script that pm2's container runs. Child processes inherit this variable. */
  pm2Script: string | undefined;
  /** The number of the attempt: 1, or more for a retry. */
  attempt: number;
  /** The key of the run whose first attempt failed. */
  retryOf: string | undefined;
  /** Whether `laju run` started it. */
  isByHand: boolean;
  /** The key that the starter chose for this run, if it needs to look the run up later. */
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

/** pm2's default, in milliseconds. */
const pm2Default = 1600;

/**
 * How many milliseconds after SIGINT pm2 kills this process. Undefined unless this process or one of its ancestors runs
 * under pm2. (pm2 kills the whole process tree.)
 */
export function pm2KillTimeout(environment = process.env): number | undefined {
  const { pm_id, pm_pid_path, kill_timeout } = environment;
  if (pm_id === undefined && pm_pid_path === undefined) return undefined;
  // pm2 passes its settings to a process as variables. 0 means the default, too.
  return Number(kill_timeout) || pm2Default;
}

/** Child processes inherit pm2's variables, but are not the script that these name. */
function isPm2Script(started: string | undefined, script: string | undefined): boolean {
  if (started === undefined || script === undefined) return true;
  if (basename(started).startsWith("ProcessContainer")) return true;
  const isThere = existsSync(started) && existsSync(script);
  return started === script || (isThere && realpathSync(started) === realpathSync(script));
}

/** The user agent of the package manager that started this process, such as "npm/11.0.0 node/v22.0.0 linux x64". */
export function npmUserAgent(): string | undefined {
  return process.env.npm_config_user_agent;
}

/** Secret arguments that the starter kept off this command's command line, which every user can read. */
export function hiddenArguments(): string[] {
  const { LAJU_ARGUMENTS } = process.env;
  if (!LAJU_ARGUMENTS) return [];
  delete process.env.LAJU_ARGUMENTS;
  return JSON.parse(LAJU_ARGUMENTS);
}

/** The environment variable that passes hidden arguments to a command. */
export function hiddenArgumentsEnvironment(words: readonly string[]): Record<string, string> {
  return words.length === 0 ? {} : { LAJU_ARGUMENTS: JSON.stringify(words) };
}

/**
 * If root started this process in a user's app: the socket for requests to the process that is still root and calls
 * crontab(1).
 */
export function crontabSocket(): number | undefined {
  return process.env.LAJU_CRONTAB_FD === "3" ? 3 : undefined;
}

/** The variable that marks processes started by a run: one word for each enclosing run, outermost first. */
export const markName = "LAJU_RUN";

/** The marks of the runs to which this process belongs. */
export function marksAround(): string[] {
  return (process.env[markName] ?? "").split(" ").filter(Boolean);
}

/**
 * Adds this process's run to the marks in the environment, which child processes inherit. Removes the variables about
 * this process's own start, because a command started from here has its own entry and attempts.
 */
export function markEnvironment(mark: string, around: readonly string[]): void {
  for (const name of ["LAJU_ENTRY", "LAJU_SLOT", "LAJU_ATTEMPT", "LAJU_BY_HAND"]) delete process.env[name];
  process.env[markName] = [...around, mark].join(" ");
  addOwnNodeToPath();
}

/** The word added after a run's mark for processes that a part of the run starts. */
export const partSign = "part";

/** Marks the processes that this part of a run starts. */
export function markPart(): void {
  process.env[markName] = [...marksAround(), partSign].join(" ");
  addOwnNodeToPath();
}

/** cron's PATH is /usr/bin:/bin, in which child processes might not find `node`. */
function addOwnNodeToPath(): void {
  const folders = (process.env.PATH || "/usr/bin:/bin").split(":");
  const own = dirname(process.execPath);
  process.env.PATH = (folders.includes(own) ? folders : [...folders, own]).join(":");
}

/** The log files of a process in pm2's cluster mode; undefined in any other process, including child processes. */
export function pm2ClusterLogs(): { out: string; error: string } | undefined {
  const { exec_mode, pm_out_log_path: out, pm_err_log_path: error } = process.env;
  if (exec_mode !== "cluster_mode" || !out || !error) return undefined;
  const cluster = process.getBuiltinModule("node:cluster") as { isWorker?: boolean };
  return cluster.isWorker ? { out, error } : undefined;
}

/** The environment for an independent command, without the variables about how cron or pm2 started this process. */
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

/** Whether this process runs in a Kubernetes pod. */
export function isInKubernetes(): boolean {
  return process.env.KUBERNETES_SERVICE_HOST !== undefined;
}
