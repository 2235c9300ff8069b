import { parseArguments } from "../cli/arguments";
import { describeError } from "../cli/showError";
import { LajuError } from "../config/errors";
import type { CommandMeta } from "../metadata/commandMeta";
import type { OptionSpecs, OptionValues } from "../metadata/optionSpecs";
import { writeAll } from "../process/output";
import { countsText } from "../runs/history/runText";
import type { ActiveRun } from "../runs/supervision/supervise";
import { logDebug, logError, logInfo, logWarn } from "../services/Logger";
import { errorText } from "../text/errorText";
import { isError } from "../text/isError";

/** What `run` may return: a sentence, or counts as well. `failed` above 0 makes the run end with status 1. */
// biome-ignore lint/suspicious/noConfusingVoidType: a `run` without a return statement is the usual case.
export type CommandResult = string | { message?: string; processed?: number; failed?: number } | void;

/** What a running command receives. */
export interface RunContext<O extends OptionSpecs = OptionSpecs> {
  /** The words that are not options. */
  args: string[];
  /** The options, typed by their declaration. */
  options: OptionValues<O>;
  /** Aborted when the time limit passes or the process is asked to end (SIGTERM, SIGINT, SIGHUP). */
  signal: AbortSignal;
  log: { info: typeof logInfo; warn: typeof logWarn; error: typeof logError; debug: typeof logDebug };
  /** This run: its id in the ledger (null when it is not recorded) and when it started. */
  run: { id: number | null; name: string; startedAt: Date };
}

export interface CommandDefinition<O extends OptionSpecs = OptionSpecs> extends CommandMeta {
  options?: O;
  run(context: RunContext<O>): CommandResult | Promise<CommandResult>;
}

/** Whether the arguments ask for help. After `--` everything belongs to the command. */
export function wantsHelp(argv: string[], specs: OptionSpecs = {}): boolean {
  const end = argv.indexOf("--");
  const own = end < 0 ? argv : argv.slice(0, end);
  const shortIsFree = Object.values(specs).every((spec) => spec.short !== "h");
  return own.includes("--help") || (shortIsFree && own.includes("-h"));
}

/** Runs a declared command to its end and exits with its status. */
export async function runCommand(definition: CommandDefinition, start: CommandStart): Promise<void> {
  const { name, argv, run } = start;
  const onIdle = () => endUnfinished(start);
  process.once("beforeExit", onIdle);
  try {
    const parsed = parseArguments(argv, definition.options ?? {});
    if (typeof definition.run !== "function") throw new Error(`${name} exports a run that is not a function`);
    const result = await definition.run(contextOf(name, parsed, run));
    if (isGenerator(result)) throw new Error(`${name}'s run() is a generator, so nothing of it was run`);
    const message = messageOf(result);
    if (message !== undefined) logInfo(message);
    const counts = countsIn(result);
    run.noteResult({ message, processed: count(counts.processed), failed: count(counts.failed) });
    const status = (counts.failed ?? 0) > 0 ? 1 : Number(process.exitCode ?? 0);
    if (!run.port?.isListening()) run.exit(status);
    // A part that is sent its work by the run ends when nothing can be sent any more.
    process.exitCode = status;
    process.off("beforeExit", onIdle);
  } catch (error) {
    run.noteError(error);
    reportFailure(name, error);
    run.exit(isOurs(error) ? error.exitStatus : 1);
  }
}

/** Nothing is left that could wake the process, and `run` still waits: Node would end it with status 0. */
function endUnfinished({ name, run }: CommandStart): void {
  const error = new Error(
    `${name} ended before its run() did: it waits for something that can no longer happen`,
  );
  run.noteError(error);
  logError(error.message);
  run.exit(1);
}

/** Calling a generator does nothing of what it holds. */
function isGenerator(result: CommandResult): boolean {
  return typeof result === "object" && typeof (result as { next?: unknown } | null)?.next === "function";
}

interface CommandStart {
  name: string;
  argv: string[];
  run: ActiveRun;
}

function contextOf(name: string, parsed: Pick<RunContext, "args" | "options">, run: ActiveRun): RunContext {
  return {
    ...parsed,
    // A getter, so that a command which never looks at it is ended at once instead of being waited for.
    get signal() {
      return run.signal();
    },
    log: { info: logInfo, warn: logWarn, error: logError, debug: logDebug },
    run: {
      get id() {
        return run.id;
      },
      name,
      startedAt: new Date(run.startedAt),
    },
  };
}

/** What a run returns is kept in the ledger and told in notices; it is a sentence, no file. */
const longestMessage = 10_000;

function messageOf(result: CommandResult): string | undefined {
  const message = messageIn(result);
  if (message === undefined || message.length <= longestMessage) return message;
  const start = message.slice(0, longestMessage).replace(/[\ud800-\udbff]$/, "");
  return `${start}… (${message.length - start.length} more characters are not kept)`;
}

function messageIn(result: CommandResult): string | undefined {
  if (typeof result === "string") return result;
  if (!result) return undefined;
  const { processed = null, failed = null } = result;
  const { message = countsText({ processed, failed }) || undefined } = result;
  // A script without types may return anything.
  return message === undefined || typeof message === "string" ? message : JSON.stringify(message);
}

function countsIn(result: CommandResult): { processed?: number; failed?: number } {
  return typeof result === "object" && result ? result : {};
}

/** A script without types may return anything, and the ledger takes whole numbers. */
function count(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}

/** What the user can mend is a sentence; everything else is shown whole, with stack and cause. */
function reportFailure(name: string, error: unknown): void {
  if (!isOurs(error)) logError(`${name} failed`, isError(error) ? error : { error: shown(error) });
  // Somebody is at the keyboard and called it wrongly: no log line, but an answer.
  else if (error.exitStatus === 2) writeAll(2, `${name}: ${describeError(error)}\n`);
  else logError(error.message, error.hint === undefined ? undefined : { hint: error.hint });
}

/** A thrown proxy's traps may throw too. */
function isOurs(error: unknown): error is LajuError {
  return isError(error) && error instanceof LajuError;
}

/** A log line shows a thrown object as it is, but has no field for `undefined`. */
function shown(error: unknown): unknown {
  return typeof error === "object" && error !== null ? error : errorText(error);
}
