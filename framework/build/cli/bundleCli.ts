import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import { appImports } from "../bundle/appImports";
import { type Attempt, attempt, bundle, isSource } from "../bundle/bundle";
import { bundlesNamedIn, coldName, namedByContent, nameOf } from "../bundle/cachedBundle";
import { bundleModules, importsOf, programStarter } from "../bundle/functionBundle";
import { runtimeText, sharedName } from "../bundle/heads";
import { appAlias, externalPackages, staysOutside } from "../bundle/packagePlugins";
import type { Place } from "../bundle/place";
import { makeCachesOfHalves } from "../codeCache";
import { moduleName, modulePlugin } from "../shared/modulePlugin";
import { sharedPlugin } from "../shared/sharedPlugin";
import { verbSources } from "./verbSources";

/** Tools that only development has; verbs that need them load them when called. */
const developmentTools = ["esbuild", "oxc-parser", "tsx"];

/** What people type all day, and what it loads by `await import()` nearly always (`status` looks at the queue). */
const frequentVerbs = ["Crontab", "Inspect", "List", "Logs", "Runs", "Show", "Status"];
const frequentImports = ["framework/queue/engines/select.ts", "framework/queue/engines/sqlite/sqlite.ts"];

const program = "commands/index.ts";

/**
 * Compiles laju's verbs into build/cli, with small packages inside, so that production needs no others, and
 * build/laju.js, which starts them. The hot half is what people type all day, and what that imports without `await`; all
 * other verbs, and what is loaded by `await import()`, are a cold half.
 */
export async function bundleCli(place: Place): Promise<Attempt> {
  if (!existsSync(join(place.root, program))) return { outputs: [], inputs: [], problems: [] };
  return attempt(program, async () => {
    const options = ownOptions(place);
    const { imports, halves } = await bundleHalves(options);
    const starter = programStarter(options, "cli", nameOf(halves[3].path));
    // The starter comes last: what it names is there.
    return {
      outputs: [
        ...verbSources(imports, place.shared),
        ...halves,
        { path: "laju.js", contents: Buffer.from(starter) },
      ],
      inputs: Object.keys(imports).filter(isSource),
    };
  });
}

async function bundleHalves(place: ReturnType<typeof ownOptions>) {
  const { root, shared } = place;
  const plugins = [...place.plugins, sharedPlugin(root, shared.modules)];
  const imports = await importsOf([program], { ...place, plugins });
  const hotModules = staticallyImported(imports);
  const coldModules = Object.keys(imports).filter((file) => isSource(file) && !hotModules.has(file));
  const usedByCold = importedFrom(coldModules, imports).filter((file) => hotModules.has(file));
  const usedByHot = importedFrom([...hotModules], imports).filter((file) => !hotModules.has(file));
  const own = (module: string) => `module.exports = lajuOwn(${JSON.stringify(moduleName(module))});`;
  const cold = await bundleModules(usedByHot, {
    ...place,
    plugins: [...plugins, modulePlugin("laju-hot", root, usedByCold, own)],
    head: runtimeText(root, "cold.js"),
    given: givenToCold,
    isLazy: true,
  });
  const coldOutputs = namedByContent("cli", cold);
  const hot = await bundleModules(usedByCold, {
    ...place,
    plugins: [...plugins, modulePlugin("laju-cold", root, coldModules, own)],
    head: [sharedName(shared), coldName(coldOutputs), runtimeText(root, "program.js")].join("\n"),
    program,
    isLazy: true,
  });
  return { imports, halves: [...coldOutputs, ...namedByContent("cli", hot)] as const };
}

/** What program.js has and hands on to cold.js. */
const givenToCold = ["lajuModules", "lajuOwn", "lajuShared", "lajuModule", "lajuIsModule", "lajuGive"];

function staticallyImported(imports: Metafile["inputs"]): Set<string> {
  const found = new Set<string>();
  const follow = (file: string) => {
    if (!isSource(file) || found.has(file)) return;
    found.add(file);
    for (const { path, kind } of imports[file]?.imports ?? []) if (kind !== "dynamic-import") follow(path);
  };
  const verbs = frequentVerbs.map((name) => `commands/native/${name}.ts`);
  for (const file of [program, ...verbs, ...frequentImports]) if (file in imports) follow(file);
  return found;
}

function importedFrom(files: readonly string[], imports: Metafile["inputs"]): string[] {
  const paths = files.flatMap((file) => imports[file]?.imports ?? []).map(({ path }) => path);
  return [...new Set(paths)].filter((path) => path in imports && isSource(path)).sort();
}

/** Writes V8's code caches for the command line that this build has written. Returns what went wrong. */
export async function cacheCli({ root, build, shared }: Place): Promise<string[]> {
  const [cli, itsShared] = bundlesNamedIn(join(build, "laju.js"));
  if (cli === undefined || itsShared !== shared.file) return [];
  const [, cold = ""] = bundlesNamedIn(join(build, "cli", `${cli}.js`));
  const words = [join(root, "framework/build/cli/train.js"), build, shared.file, cli];
  return makeCachesOfHalves("the command line", join(build, "cli"), root, [
    { file: cli, words: [...words, "frequent"] },
    { file: cold, words: [...words, "rare"] },
  ]);
}

/**
 * Compiles what commands load only when they need it: build/watchdog.js, the thread beside a command with a
 * time limit, and build/overrides.js, for a command that schedule.json says something of.
 */
export async function bundleRuntime(place: Place): Promise<Attempt> {
  const entries = [
    { in: join(place.root, "framework/runs/supervision/watchdog.ts"), out: "watchdog" },
    { in: join(place.root, "framework/start/overriddenStart.ts"), out: "overrides" },
  ];
  return attempt("framework/runs/supervision/watchdog.ts", () => bundle(entries, ownOptions(place)));
}

function ownOptions(place: Place) {
  const { dependencies } = JSON.parse(readFileSync(join(place.root, "package.json"), "utf8"));
  const outside = [...Object.keys(dependencies ?? {}), ...developmentTools].filter(staysOutside);
  const isExternal = (name: string) => outside.some((one) => name === one || name.startsWith(`${one}/`));
  const plugins = [appAlias(place.root), appImports(place.root, "cjs"), externalPackages(isExternal)];
  return { ...place, format: "cjs" as const, plugins };
}
