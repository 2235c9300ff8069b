import { realpathSync } from "node:fs";
import { basename } from "node:path";
import { hideSensitive, sensitiveDefaults } from "../cli/sensitiveArguments";
import { describeError } from "../cli/showError";
import { commandTimeout, paths, settings } from "../config/config";
import { LajuError } from "../config/errors";
import { hiddenArguments, starterSettings } from "../config/launch";
import { hideFromOutput, writeAll } from "../process/output";
import { isThread } from "../process/thisProcess";
import { startRun } from "../runs/supervision/startRun";
import type { ActiveRun } from "../runs/supervision/supervise";
import { commandHelp, wantsHelp } from "./commandHelp";
import type { CompiledFacts } from "./compiledFacts";
import type { CommandDefinition } from "./definition";
import type { Start } from "./overriddenStart";
import { asDeployed } from "./ownOverride";
import { runCommand } from "./runCommand";
import { keepConsoleLines } from "./safeConsole";
import { nameSourcesInStacks } from "./sourceTraces";

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
