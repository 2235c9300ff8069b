import { join } from "node:path";
import type { Plugin } from "esbuild";
import type { SourceCommand } from "../../app/console/commandSources";
import type { CompiledFacts } from "../../app/console/startCompiled";
import { parseDuration } from "../../app/schedule/duration";

const entryPrefix = "laju-entry:";
const beginPrefix = "laju-begin:";

export function entryOf({ name }: SourceCommand): string {
  return entryPrefix + name;
}

/**
 * The few lines around a command that make its compiled file run supervised when it is the program, and do
 * nothing when it is required. What begins the run is imported before the command, so that whatever its
 * modules do while they load belongs to the run already.
 */
export function entriesPlugin(root: string, commands: SourceCommand[]): Plugin {
  const byName = new Map(commands.map((command) => [command.name, command]));
  const start = JSON.stringify(join(root, "app", "console", "startCompiled"));
  return {
    name: "entries",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^laju-(entry|begin):/ }, ({ path }) => ({ path, namespace: "laju" }));
      onLoad({ filter: /.*/, namespace: "laju" }, ({ path }) => {
        const name = path.slice(path.indexOf(":") + 1);
        const command = byName.get(name) as SourceCommand;
        const contents = path.startsWith(beginPrefix)
          ? beginOf(command, start)
          : entryText(command, start, root);
        return { contents, loader: "js", resolveDir: root };
      });
    },
  };
}

function beginOf(command: SourceCommand, start: string): string {
  return `import { begin } from ${start}; if (lajuMain) begin(${JSON.stringify(compiledFacts(command))});`;
}

function entryText(command: SourceCommand, start: string, root: string): string {
  const source = JSON.stringify(join(root, command.file));
  const begun = `import ${JSON.stringify(beginPrefix + command.name)};`;
  if (command.form === "script") return `${begun} export * from ${source};`;
  return `${begun} import { runDeclared } from ${start}; import definition from ${source};
export * from ${source}; export default definition;
if (lajuMain) runDeclared(${JSON.stringify(command.name)}, definition);`;
}

function compiledFacts(command: SourceCommand): CompiledFacts {
  const { name, description, schedules, timezone, timeout, options } = command;
  return {
    name,
    ...(description && { description }),
    ...(schedules.length > 0 && { schedule: schedules }),
    ...(timezone && { timezone }),
    ...(timeout && { timeout, timeoutMs: parseDuration(timeout) }),
    ...(Object.keys(options).length > 0 && { options }),
    ...(command.form === "script" && readsArguments(command.text) && { readsArguments: true }),
  };
}

function readsArguments(text: string): boolean {
  return /\bargv\b|\bparseArgs\b|--help\b|["'](commander|yargs|minimist|cac|citty)["']/.test(text);
}
