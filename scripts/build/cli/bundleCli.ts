import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { appImports } from "../appImports";
import { type Attempt, attempt, bundle, type Place } from "../bundle";
import { bundlesNamedIn, namedByContent, nameOf } from "../cachedBundle";
import { cacheName, makeCache } from "../codeCache";
import { bundleProgram, programStarter } from "../functionBundle";
import { appAlias, externalPackages, staysOutside } from "../packagePlugins";
import { verbSources } from "./verbSources";

/** Tools that only development has; verbs that need them load them when called. */
const developmentTools = ["esbuild", "oxc-parser", "tsx"];

/**
 * Compiles laju's verbs into one bundle in build/cli, with small packages inside, so that production needs no
 * others, and build/laju.js, which starts it.
 */
export async function bundleCli(place: Place): Promise<Attempt> {
  const source = "commands/index.ts";
  if (!existsSync(join(place.root, source))) return { outputs: [], inputs: [], problems: [] };
  return attempt(source, async () => {
    const options = ownOptions(place);
    const bundled = await bundleProgram({ in: join(place.root, source), out: "cli/laju" }, options);
    const outputs = namedByContent("cli", bundled);
    const starter = programStarter(options, "cli", nameOf(outputs[1].path));
    // The starter comes last: what it names is there.
    return {
      outputs: [
        ...verbSources(bundled.imports, place.shared),
        ...outputs,
        { path: "laju.js", contents: Buffer.from(starter) },
      ],
      inputs: bundled.modules,
    };
  });
}

/** Writes V8's code cache for the command line that this build has written. Returns what went wrong. */
export async function cacheCli({ root, build, shared }: Place): Promise<string[]> {
  const [cli, itsShared] = bundlesNamedIn(join(build, "laju.js"));
  if (cli === undefined || itsShared !== shared.file) return [];
  const words = [join(root, "scripts/build/cli/train.js"), build, shared.file, cli];
  const cache = join(build, "cli", cacheName(cli));
  const warning = await makeCache("the command line", cache, { words, cwd: root });
  return warning === undefined ? [] : [warning];
}

/**
 * Compiles what commands load only when they need it: build/watchdog.js, the thread beside a command with a
 * time limit, and build/overrides.js, for a command that schedule.json says something of.
 */
export async function bundleRuntime(place: Place): Promise<Attempt> {
  const entries = [
    { in: join(place.root, "app/runs/watchdog.ts"), out: "watchdog" },
    { in: join(place.root, "app/console/overriddenStart.ts"), out: "overrides" },
  ];
  return attempt("app/runs/watchdog.ts", () => bundle(entries, ownOptions(place)));
}

function ownOptions(place: Place) {
  const { dependencies } = JSON.parse(readFileSync(join(place.root, "package.json"), "utf8"));
  const outside = [...Object.keys(dependencies ?? {}), ...developmentTools].filter(staysOutside);
  const isExternal = (name: string) => outside.some((one) => name === one || name.startsWith(`${one}/`));
  const plugins = [appAlias(place.root), appImports(place.root, "cjs"), externalPackages(isExternal)];
  return { ...place, format: "cjs" as const, plugins };
}
