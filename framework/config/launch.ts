import { existsSync, realpathSync } from "node:fs";
import { basename, dirname } from "node:path";

/** How this process was started. */
export interface Starter {
  /**
   * The id of the crontab entry, if cron started the command with an entry that may fire when the command isn't due.
   */
  entryId: string | undefined;
  /** The scheduled time of this start, if `schedule:work` or the monitor started the command. */
  slot: number | undefined;
  isUnderPm2: boolean;
  /** The script that runs under pm2. Child processes inherit this variable, though they run other programs. */
  pm2Script: string | undefined;
  /** The number of the attempt: 1 for the first, higher for a retry. */
  attempt: number;
  /** For a retry: the key of the first attempt's run. */
  retryOf: string | undefined;
  /** Whether `laju run` started the command. */
  isByHand: boolean;
  /** The key for this run, if the process that started it chose one in order to find the run later. */
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

/** pm2's default kill_timeout, in milliseconds. */
const pm2Default = 1600;

/**
 * How long after SIGINT pm2 kills this process, in milliseconds. pm2 kills a whole process tree, so this also applies
 * to descendants of a process under pm2. Undefined for all other processes.
 */
export function pm2KillTimeout(environment = process.env): number | undefined {
  const { pm_id, pm_pid_path, kill_timeout } = environment;
  if (pm_id === undefined && pm_pid_path === undefined) return undefined;
  // pm2 passes its settings as environment variables. In them, 0 also stands for the default.
  return Number(kill_timeout) || pm2Default;
}

/**
 * Whether pm2 itself started this process. Child processes inherit pm2's variables, but run another script than they
 * name.
 */
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

/** Secret arguments. They are passed in the environment rather than on the command line, which every user can read. */
export function hiddenArguments(): string[] {
  const { LAJU_ARGUMENTS } = process.env;
  if (!LAJU_ARGUMENTS) return [];
  delete process.env.LAJU_ARGUMENTS;
  return JSON.parse(LAJU_ARGUMENTS);
}

/** The environment for a child process that passes it secret arguments. */
export function hiddenArgumentsEnvironment(words: readonly string[]): Record<string, string> {
  return words.length === 0 ? {} : { LAJU_ARGUMENTS: JSON.stringify(words) };
}

/**
 * The socket to a parent process that is still root and calls crontab(1) for this one; undefined if there is none. See
 * runtime/crontabParent.cjs.
 */
export function crontabSocket(): number | undefined {
  return process.env.LAJU_CRONTAB_FD === "3" ? 3 : undefined;
}

/**
 * The environment variable that marks processes started by a run. It contains a word for each run around the process,
 * from the outermost to the innermost.
 */
export const markName = "LAJU_RUN";

/** The marks of the runs around this process. */
export function marksAround(): string[] {
  return (process.env[markName] ?? "").split(" ").filter(Boolean);
}

/**
 * Adds this process's run to the marks in the environment, which child processes inherit. Removes the variables that
 * describe how this process was started, because they don't apply to a command that it starts.
 */
export function markEnvironment(mark: string, around: readonly string[]): void {
  for (const name of ["LAJU_ENTRY", "LAJU_SLOT", "LAJU_ATTEMPT", "LAJU_BY_HAND"]) delete process.env[name];
  process.env[markName] = [...around, mark].join(" ");
  addOwnNodeToPath();
}

/** Follows a run's mark if a part of that run, such as a worker thread, started the process. */
export const partSign = "part";

/** Marks the child processes of this process as started by a part of a run. */
export function markPart(): void {
  process.env[markName] = [...marksAround(), partSign].join(" ");
  addOwnNodeToPath();
}

/**
 * Adds the folder of this `node` to PATH. cron's PATH is /usr/bin:/bin, in which child processes may not find `node`.
 */
function addOwnNodeToPath(): void {
  const folders = (process.env.PATH || "/usr/bin:/bin").split(":");
  const own = dirname(process.execPath);
  process.env.PATH = (folders.includes(own) ? folders : [...folders, own]).join(":");
}

/**
 * The log files of this process in pm2's cluster mode; undefined for any other process, even a child of such a process.
 */
export function pm2ClusterLogs(): { out: string; error: string } | undefined {
  const { exec_mode, pm_out_log_path: out, pm_err_log_path: error } = process.env;
  if (exec_mode !== "cluster_mode" || !out || !error) return undefined;
  const cluster = process.getBuiltinModule("node:cluster") as { isWorker?: boolean };
  return cluster.isWorker ? { out, error } : undefined;
}

/**
 * The environment for a command that is not part of this run, without the variables that describe how this process was
 * started.
 */
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
