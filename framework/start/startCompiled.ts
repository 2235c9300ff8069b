import { existsSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";
import { describeError } from "../cli/describeError";
import { hideSensitive, sensitiveDefaults } from "../cli/sensitiveArguments";
import { commandTimeout, paths, settings } from "../config/config";
import { LajuError } from "../config/errors";
import { hiddenArguments, starterSettings } from "../config/launch";
import { readText } from "../config/readText";
import { require } from "../config/require";
import type { OneServer, Overlap } from "../metadata/commandMeta";
import type { OptionSpecs } from "../metadata/optionSpecs";
import { hideFromOutput, warn, writeAll } from "../process/output";
import { isThread } from "../process/thisProcess";
import type { SlotDecision } from "../runs/supervision/dueSlot";
import type { Retries } from "../runs/supervision/retry";
import { startRun } from "../runs/supervision/startRun";
import type { ActiveRun } from "../runs/supervision/supervise";
import { commandHelp } from "./commandHelp";
import { type CommandDefinition, runCommand, wantsHelp } from "./runCommand";
import { keepConsoleLines } from "./safeConsole";
import { mapStacksToSources } from "./sourceTraces";

/** What the build writes into a compiled command about it. */
export interface CompiledFacts {
  name: string;
  description?: string;
  schedule?: string[];
  timezone?: string;
  timeout?: string | false;
  /** The time limit in milliseconds. Null means no limit, regardless of COMMAND_TIMEOUT. */
  timeoutMs?: number | null;
  overlap: Overlap;
  retries?: Retries;
  ping?: string;
  oneServer?: OneServer;
  options?: OptionSpecs;
  /** Whether this is a script that reads its own arguments, so it has to handle --help itself. */
  readsArguments?: boolean;
}

/** What is needed to start a compiled command. */
export interface Start {
  facts: CompiledFacts;
  /** Decides whether the command is due, because its crontab entry may fire more often than its schedule. */
  decide?: ((entryId: string, at: Date) => SlotDecision) | undefined;
}

let active: ActiveRun | undefined;

/** A started run and the facts about its command, with overrides applied. */
export interface StartedRun {
  run: ActiveRun;
  facts: CompiledFacts;
}

/** Begins the run of a compiled command, before any of the command's own modules are loaded. */
export function begin(compiled: CompiledFacts, decideCompiled?: Start["decide"]): StartedRun {
  // Don't do this in a worker thread, which shares the working directory and output of its process.
  if (!isThread()) {
    leaveBuildFolder();
    keepConsoleLines();
  }
  mapStacksToSources();
  const { facts, decide } = withOverrides({
    facts: compiled,
    decide: decideCompiled ?? decideLazily(compiled),
  });
  const argv = ownArguments(facts);
  if (!facts.readsArguments && wantsHelp(argv, facts.options)) {
    writeAll(1, `${commandHelp(facts)}\n`);
    process.exit(0);
  }
  const { name, overlap, timeoutMs = defaultTimeoutMs(), retries, ping } = facts;
  const isClaimed = facts.oneServer !== undefined;
  active = startRun({
    name,
    args: hideSensitive(argv, facts.options).shown,
    overlap,
    timeoutMs,
    retries,
    ping,
    decide,
    isClaimed,
  });
  stopOnBadSettings(active);
  return { run: active, facts };
}

/**
 * Applies schedule.json, which may override the compiled time limit and schedule. If there is no such file, this takes
 * one system call. build/overrides.js, which contains the schedule engine, is loaded only if the file mentions this
 * command.
 */
function withOverrides(start: Start): Start {
  if (!existsSync(paths.schedule)) return start;
  try {
    const override = overrideOf(start.facts.name);
    if (override === undefined) return start;
    return rules().overriddenStart(start, override);
  } catch (error) {
    // The file is invalid, perhaps because someone is editing it. Start the command anyway.
    warn(`${start.facts.name} starts without its overrides from ${paths.schedule}: ${error.message}`);
    return start;
  }
}

/**
 * Decides by the compiled schedule. Loads the schedule engine on demand, because few crontab entries need a decision.
 */
function decideLazily(facts: CompiledFacts): Start["decide"] {
  if (facts.schedule === undefined) return undefined;
  return (entryId, at) => rules().decideBySource(facts)(entryId, at);
}

function rules(): Rules {
  return require(join(paths.build, "overrides.js")) as Rules;
}

/** What build/overrides.js exports. */
interface Rules {
  decideBySource(facts: CompiledFacts): NonNullable<Start["decide"]>;
  overriddenStart(start: Start, override: unknown): Start;
}

function overrideOf(name: string): unknown {
  const overrides = JSON.parse(readText(paths.schedule).replace(/^\ufeff/, ""));
  return Object.hasOwn(overrides, name) ? overrides[name] : undefined;
}

/**
 * The default time limit, in milliseconds. There is none under pm2, because pm2 runs programs that never end, such as
 * workers.
 */
function defaultTimeoutMs(): number | null {
  const limit = commandTimeout();
  return limit === undefined || starterSettings().isUnderPm2 ? null : limit.ms;
}

/** The command-line arguments. Also hides the values of sensitive options from ps(1) and from this process's output. */
function ownArguments({ name, options }: CompiledFacts): string[] {
  const { shown, secrets } = hideSensitive(process.argv.slice(2), options);
  if (secrets.length > 0) process.title = [process.argv0, `commands/${name}.js`, ...shown].join(" ");
  process.argv.push(...hiddenArguments());
  const argv = process.argv.slice(2);
  hideFromOutput([...hideSensitive(argv, options).secrets, ...sensitiveDefaults(options)]);
  return argv;
}

/**
 * Runs a command that declares a `run`, once its modules are loaded. (A script has already run while it was loaded.)
 */
export function runDeclared(name: string, definition: CommandDefinition): void {
  if (active === undefined) return; // The file was imported by another program, so it must not run.
  if (active.port?.isInUse()) return; // This process is only a part of a run. It does its work while its modules are loaded.
  void runCommand(definition, { name, argv: process.argv.slice(2), run: active });
}

/**
 * Checks the default export of a file for which the build could not tell whether it is a command. Fails the run if it
 * is one.
 */
export function refuseUndeclared(name: string, made: unknown): void {
  if (active === undefined || typeof (made as Partial<CommandDefinition> | null)?.run !== "function") return;
  const error = new LajuError(
    `${name} exports a command that the build could not recognize, so nothing was run`,
    {
      code: "E_METADATA",
      hint: "Write export default command({ … }) in its own file.",
    },
  );
  active.noteError(error);
  writeAll(2, `${describeError(error)}\n`);
  active.exit(1);
}

/** Changes from build/, where cron starts commands, to the app's root, so that relative paths work as when run by hand. */
function leaveBuildFolder(): void {
  const folder = process.cwd();
  if (folder === paths.build || isSameFolder(folder, paths.build)) process.chdir(paths.root);
}

function isSameFolder(folder: string, other: string): boolean {
  return basename(folder) === basename(other) && folder === realpathSync(other);
}

function stopOnBadSettings(run: ActiveRun): void {
  try {
    settings();
  } catch (error) {
    if (!(error instanceof LajuError)) throw error;
    run.noteError(error);
    writeAll(2, `${describeError(error)}\n`);
    run.exit(1);
  }
}
