import { parseArguments } from "../cli/arguments";
import { describeError } from "../cli/describeError";
import { LajuError } from "../config/errors";
import type { CommandMeta } from "../metadata/commandMeta";
import type { OptionSpecs, OptionValues } from "../metadata/optionSpecs";
import { writeAll } from "../process/output";
import { countsText } from "../runs/history/runText";
import type { ActiveRun } from "../runs/supervision/supervise";
import { logDebug, logError, logInfo, logWarn } from "../services/Logger";
import { errorText } from "../text/errorText";
import { isError } from "../text/isError";

/** The return value of `run`: a message, or a message and counts. If `failed` is above 0, the exit status is 1. */
// biome-ignore lint/suspicious/noConfusingVoidType: a `run` without a return statement is the usual case.
export type CommandResult = string | { message?: string; processed?: number; failed?: number } | void;

/** The argument of a command's `run`. */
export interface RunContext<O extends OptionSpecs = OptionSpecs> {
  /** The positional arguments. */
  args: string[];
  /** The options, with the types of their declaration. */
  options: OptionValues<O>;
  /** Aborted when the run times out or the process receives a stop signal (SIGTERM, SIGINT, SIGHUP). */
  signal: AbortSignal;
  log: { info: typeof logInfo; warn: typeof logWarn; error: typeof logError; debug: typeof logDebug };
  /** This run: its id in the ledger (null if it could not be recorded), the command's name and the start time. */
  run: { id: number | null; name: string; startedAt: Date };
}

export interface CommandDefinition<O extends OptionSpecs = OptionSpecs> extends CommandMeta {
  options?: O;
  run(context: RunContext<O>): CommandResult | Promise<CommandResult>;
}

/** Whether the arguments ask for help. Arguments after `--` are the command's own and don't count. */
export function wantsHelp(argv: string[], specs: OptionSpecs = {}): boolean {
  const end = argv.indexOf("--");
  const own = end < 0 ? argv : argv.slice(0, end);
  const shortIsFree = Object.values(specs).every((spec) => spec.short !== "h");
  return own.includes("--help") || (shortIsFree && own.includes("-h"));
}

/** Runs a declared command and exits with its status. */
export async function runCommand(definition: CommandDefinition, start: CommandStart): Promise<void> {
  const { run } = start;
  const onIdle = () => failUnfinished(start);
  process.once("beforeExit", onIdle);
  const { status, hasThrown } = await carryOut(definition, start);
  if (hasThrown || !run.port?.isListening()) run.exit(status);
  // This process is a part of a run that still receives messages. It exits once its channel is closed.
  process.exitCode = status;
  process.off("beforeExit", onIdle);
}

/** The exit status that follows from a command's `run`, and whether it threw. */
export interface CommandEnding {
  status: number;
  hasThrown: boolean;
}

/** Calls a command's `run`, logs its result or error, and records it in the ledger. */
export async function carryOut(
  definition: CommandDefinition,
  { name, argv, run }: CommandStart,
): Promise<CommandEnding> {
  try {
    const parsed = parseArguments(argv, definition.options ?? {});
    if (typeof definition.run !== "function") throw new Error(`${name} exports a run that is not a function`);
    const result = await definition.run(contextOf(name, parsed, run));
    if (isGenerator(result))
      throw new Error(`${name}'s run() is a generator function, so none of its code ran`);
    const message = messageOf(result);
    if (message !== undefined) logInfo(message);
    const counts = countsIn(result);
    run.noteResult({ message, processed: count(counts.processed), failed: count(counts.failed) });
    const status = (counts.failed ?? 0) > 0 ? 1 : Number(process.exitCode ?? 0);
    return { status, hasThrown: false };
  } catch (error) {
    run.noteError(error);
    reportFailure(name, error);
    return { status: isOurs(error) ? error.exitStatus : 1, hasThrown: true };
  }
}

/**
 * Called when the event loop is empty before `run` has finished. Fails the run, because Node would exit with status 0.
 */
function failUnfinished({ name, run }: CommandStart): void {
  const error = new Error(
    `${name} exited before its run() finished: it was waiting for something that can no longer happen`,
  );
  run.noteError(error);
  logError(error.message);
  run.exit(1);
}

/** Whether `run` is a generator function: calling one returns a generator and doesn't run its body. */
function isGenerator(result: CommandResult): boolean {
  return typeof result === "object" && typeof (result as { next?: unknown } | null)?.next === "function";
}

/** What is needed to call a command's `run`: its name, its arguments and its run in the ledger. */
export interface CommandStart {
  name: string;
  argv: string[];
  run: ActiveRun;
}

function contextOf(name: string, parsed: Pick<RunContext, "args" | "options">, run: ActiveRun): RunContext {
  return {
    ...parsed,
    // A getter, to detect whether the command uses its signal. A command that doesn't is stopped without time to clean
    // up.
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

/** In characters. The message is stored in the ledger and sent in notifications, so it must not become a whole file. */
const longestMessage = 10_000;

function messageOf(result: CommandResult): string | undefined {
  const message = messageIn(result);
  if (message === undefined || message.length <= longestMessage) return message;
  const start = message.slice(0, longestMessage).replace(/[\ud800-\udbff]$/, "");
  return `${start}… (${message.length - start.length} more characters were dropped)`;
}

function messageIn(result: CommandResult): string | undefined {
  if (typeof result === "string") return result;
  if (!result) return undefined;
  const { processed = null, failed = null } = result;
  const { message = countsText({ processed, failed }) || undefined } = result;
  // A command that is not type-checked can return anything.
  return message === undefined || typeof message === "string" ? message : JSON.stringify(message);
}

function countsIn(result: CommandResult): { processed?: number; failed?: number } {
  return typeof result === "object" && result ? result : {};
}

/**
 * The value if it is a whole number. A command that is not type-checked can return anything, but the ledger stores
 * whole numbers.
 */
function count(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}

/** Reports a run's error: in one sentence if the user can fix it, otherwise with its stack and cause. */
function reportFailure(name: string, error: unknown): void {
  if (!isOurs(error)) logError(`${name} failed`, isError(error) ? error : { error: shown(error) });
  // Print plain text instead of a log line, because a usage error is for the person who typed the command.
  else if (error.exitStatus === 2) writeAll(2, `${name}: ${describeError(error)}\n`);
  else logError(error.message, error.hint === undefined ? undefined : { hint: error.hint });
}

/**
 * Whether the user can fix this error. Calls isError() first, because a proxy can throw on any access, even by
 * instanceof.
 */
function isOurs(error: unknown): error is LajuError {
  return isError(error) && error instanceof LajuError;
}

/**
 * The form in which the log shows a thrown value that is not an error: objects as they are, everything else as text.
 */
function shown(error: unknown): unknown {
  return typeof error === "object" && error !== null ? error : errorText(error);
}
