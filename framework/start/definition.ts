import type { CommandMeta } from "../metadata/commandMeta";
import type { OptionSpecs, OptionValues } from "../metadata/optionSpecs";
import type { logDebug, logError, logInfo, logWarn } from "../services/Logger";

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
