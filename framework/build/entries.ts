import { join } from "node:path";
import type { Plugin } from "esbuild";
import type { SourceCommand } from "../catalog/commandSources";
import { parseDuration } from "../config/duration";
import { cronEntries } from "../crontab/entries/cronEntries";
import { parseSchedule } from "../schedule/expression/expression";
import type { CompiledFacts } from "../start/startCompiled";
import type { BuildFolder } from "./bundle/buildContext";

type Roots = Pick<BuildFolder, "root" | "home">;

const entryPrefix = "laju-entry:";
const beginPrefix = "laju-begin:";

export function entryOf({ name }: SourceCommand): string {
  return entryPrefix + name;
}

/**
 * Wraps each command in a few lines that start a supervised run if the compiled file is the program, and do nothing if
 * it is required. These lines begin the run before they import the command, so that what its modules do while loading
 * is part of the run.
 */
export function entriesPlugin(roots: Roots, commands: SourceCommand[]): Plugin {
  const byName = new Map(commands.map((command) => [command.name, command]));
  return {
    name: "entries",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^laju-(entry|begin):/ }, ({ path }) => ({ path, namespace: "laju" }));
      onLoad({ filter: /.*/, namespace: "laju" }, ({ path }) => {
        const name = path.slice(path.indexOf(":") + 1);
        const command = byName.get(name) as SourceCommand;
        const contents = path.startsWith(beginPrefix)
          ? beginOf(command, roots.home)
          : entryText(command, roots);
        return { contents, loader: "js", resolveDir: roots.root };
      });
    },
  };
}

function beginOf(command: SourceCommand, home: string): string {
  const facts = JSON.stringify(compiledFacts(command));
  const begin = importOfBegin(command, home);
  const call = command.oneServer === null ? "begin" : "await begin";
  if (!decidesItself(command)) return `${begin} if (lajuMain) ${call}(${facts});`;
  const { name, schedules, timezone } = command;
  const schedule = JSON.stringify({ name, schedules, ...(timezone && { timezone }) });
  return `${begin} import { dueSlot } from ${moduleIn(home, "framework/runs/supervision/dueSlot")};
if (lajuMain) ${call}(${facts}, (entry, at) => dueSlot(${schedule}, entry, at));`;
}

/**
 * Whether a command must be compiled to an ES module. Only an ES module can wait while loading: for a top-level await,
 * or, with `oneServer`, for the servers' shared store before the command's own modules are loaded.
 */
export function waitsAtTop({ hasTopLevelAwait, oneServer }: SourceCommand): boolean {
  return hasTopLevelAwait || oneServer !== null;
}

function importOfBegin({ oneServer }: SourceCommand, home: string): string {
  if (oneServer === null) return `import { begin } from ${moduleIn(home, "framework/start/startCompiled")};`;
  return `import { beginOnOneServer as begin } from ${moduleIn(home, "framework/start/beginOnOneServer")};`;
}

/**
 * Whether the compiled command has to compute its scheduled times: its crontab entry may also fire when it isn't due,
 * or several servers have to agree on the scheduled time. Only then is the schedule engine included.
 */
function decidesItself({ name, schedules, timezone, oneServer }: SourceCommand): boolean {
  if (schedules.length === 0) return false;
  if (oneServer !== null) return true;
  if (timezone !== null) return true;
  return schedules.some((text) =>
    cronEntries(parseSchedule(text, { name }), { hostTimezone: "UTC" }).some(({ isCoarse }) => isCoarse),
  );
}

function moduleIn(folder: string, path: string): string {
  return JSON.stringify(join(folder, path));
}

function entryText(command: SourceCommand, { root, home }: Roots): string {
  const source = moduleIn(root, command.file);
  const beginLine = `import ${JSON.stringify(beginPrefix + command.name)};`;
  if (command.start === "nothing") return `${beginLine} export * from ${source};`;
  const isRun = command.start === "run";
  return `${beginLine} import { ${starterOf(command)} } from ${moduleIn(home, "framework/start/startCompiled")}; import ${isRun ? "{ run as definition }" : "definition"} from ${source};
export * from ${source};${isRun ? "" : " export default definition;"}
if (lajuMain) ${starterOf(command)}(${JSON.stringify(command.name)}, ${definitionOf(command)});`;
}

function starterOf({ start }: SourceCommand): string {
  return start === "made" ? "refuseUndeclared" : "runDeclared";
}

/** What the starter gets: the result of `command()`, or an equivalent object. */
function definitionOf({ start, options }: SourceCommand): string {
  if (start === "command" || start === "made") return "definition";
  const run = start === "default.run" ? "...definition" : "run: definition";
  return `{ ${run}, options: ${JSON.stringify(options)} }`;
}

function compiledFacts(command: SourceCommand): CompiledFacts {
  const { name, description, schedules, timezone, timeout, overlap, retries, retryDelay, ping, options } =
    command;
  return {
    name,
    overlap,
    ...(description && { description }),
    ...(schedules.length > 0 && { schedule: schedules }),
    ...(timezone && { timezone }),
    ...(timeout && { timeout, timeoutMs: parseDuration(timeout) }),
    ...(timeout === false && { timeout, timeoutMs: null }),
    ...(retries > 0 && { retries: { retries, delayMs: parseDuration(retryDelay) } }),
    ...(ping && { ping }),
    ...(command.oneServer && { oneServer: command.oneServer }),
    ...(Object.keys(options).length > 0 && { options }),
    ...(command.form === "script" && readsArguments(command.text) && { readsArguments: true }),
  };
}

function readsArguments(text: string): boolean {
  return /\bargv\b|\bparseArgs\b|--help\b|["'](commander|yargs|minimist|cac|citty)["']/.test(text);
}
