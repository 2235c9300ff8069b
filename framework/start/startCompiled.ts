import { existsSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";
import { hideSensitive, sensitiveDefaults } from "../cli/sensitiveArguments";
import { describeError } from "../cli/showError";
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
import { nameSourcesInStacks } from "./sourceTraces";

/** What the build writes into a compiled command about itself. */
export interface CompiledFacts {
  name: string;
  description?: string;
  schedule?: string[];
  timezone?: string;
  timeout?: string | false;
  /** null: no limit, whatever COMMAND_TIMEOUT says. */
  timeoutMs?: number | null;
  overlap: Overlap;
  retries?: Retries;
  ping?: string;
  oneServer?: OneServer;
  options?: OptionSpecs;
  /** A script that reads its own arguments answers --help itself. */
  readsArguments?: boolean;
}

/** What a compiled command knows when it starts. */
export interface Start {
  facts: CompiledFacts;
  /** Decides whether it is due, where its crontab entry is coarser than its schedule. */
  decide?: ((entryId: string, at: Date) => SlotDecision) | undefined;
}

let active: ActiveRun | undefined;

/** A run that has begun, and what this deployment says of its command. */
export interface Begun {
  run: ActiveRun;
  facts: CompiledFacts;
}

/** The first thing a compiled command does, before any of its own modules is loaded. */
export function begin(compiled: CompiledFacts, decideCompiled?: Start["decide"]): Begun {
  // A thread has the folder and the output that its process gives it.
  if (!isThread()) {
    leaveBuildFolder();
    keepConsoleLines();
  }
  nameSourcesInStacks();
  const { facts, decide } = asDeployed({ facts: compiled, decide: decideCompiled });
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
 * How this deployment has a compiled command start: the build wrote its time limit and schedule into it, and
 * schedule.json may have others. Without that file this costs one look at the disk; where it says something
 * of this command, the rules (and the schedule engine) are loaded from a file of their own.
 */
function asDeployed(start: Start): Start {
  if (!existsSync(paths.schedule)) return start;
  try {
    const override = overrideOf(start.facts.name);
    if (override === undefined) return start;
    const rules = require(join(paths.build, "overrides.js")) as Rules;
    return rules.overriddenStart(start, override);
  } catch (error) {
    // A file that somebody is just editing stops no work.
    warn(`${start.facts.name} starts without what ${paths.schedule} says: ${error.message}`);
    return start;
  }
}

/** What is used of build/overrides.js. */
interface Rules {
  overriddenStart(start: Start, override: unknown): Start;
}

function overrideOf(name: string): unknown {
  const overrides = JSON.parse(readText(paths.schedule).replace(/^\ufeff/, ""));
  return Object.hasOwn(overrides, name) ? overrides[name] : undefined;
}

/** pm2 keeps workers and servers going, which are not to end. */
function defaultTimeoutMs(): number | null {
  const limit = commandTimeout();
  return limit === undefined || starterSettings().isUnderPm2 ? null : limit.ms;
}

/** Those of the command line, whose secrets are nobody else's to see from here on: neither in output nor by ps(1). */
function ownArguments({ name, options }: CompiledFacts): string[] {
  const { shown, secrets } = hideSensitive(process.argv.slice(2), options);
  if (secrets.length > 0) process.title = [process.argv0, `commands/${name}.js`, ...shown].join(" ");
  process.argv.push(...hiddenArguments());
  const argv = process.argv.slice(2);
  hideFromOutput([...hideSensitive(argv, options).secrets, ...sensitiveDefaults(options)]);
  return argv;
}

/** What follows for a declared command, once its modules are loaded. (A script has done its work by then.) */
export function runDeclared(name: string, definition: CommandDefinition): void {
  if (active === undefined) return; // Imported by another program: nothing was begun.
  if (active.port?.isInUse()) return; // A part of a run that does its work while its modules load.
  void runCommand(definition, { name, argv: process.argv.slice(2), run: active });
}

/** What follows for a script whose default export only its run can tell. */
export function refuseUndeclared(name: string, made: unknown): void {
  if (active === undefined || typeof (made as Partial<CommandDefinition> | null)?.run !== "function") return;
  const error = new LajuError(`${name} exports a command that the build could not see, so nothing was run`, {
    code: "E_METADATA",
    hint: "Write export default command({ … }) in its own file.",
  });
  active.noteError(error);
  writeAll(2, `${describeError(error)}\n`);
  active.exit(1);
}

/**
 * The crontab starts commands in build/. Scripts that name files relative to the app's root then work as
 * they do when started by hand.
 */
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
