import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import { appImports } from "../bundle/appImports";
import type { BuildContext } from "../bundle/buildContext";
import { type Attempt, attempt, bundle } from "../bundle/bundle";
import { bundlesNamedIn, coldName, namedByContent, nameOf } from "../bundle/cachedBundle";
import { bundleModules, importsOf, programStarter } from "../bundle/functionBundle";
import { runtimeText, sharedName } from "../bundle/heads";
import { asFound, fromRoot, isLajus } from "../bundle/lajuFiles";
import { externalPackages, staysOutside } from "../bundle/packagePlugins";
import { makeCachesOfHalves } from "../codeCache";
import { moduleName, modulePlugin } from "../shared/modulePlugin";
import { sharedPlugin } from "../shared/sharedPlugin";
import { verbSources } from "./verbSources";

/** Packages that exist only in development, so they stay out of the bundle. Verbs load them on demand. */
const developmentTools = ["esbuild", "oxc-parser", "tsx"];

/**
 * The verbs in the hot half, and modules that they nearly always load with `await import()` (`status` reads the queue).
 */
const frequentVerbs = ["Crontab", "Inspect", "List", "Logs", "Runs", "Show", "Status"].map(
  (name) => `commands/native/${name}.ts`,
);
const frequentImports = ["framework/queue/engines/select.ts", "framework/queue/engines/sqlite/sqlite.ts"];

/**
 * Compiles laju's verbs into build/cli, and build/laju.js, which starts them. Small packages are included, so that
 * production doesn't need them. The hot half contains the frequently used verbs and what they import statically; the
 * cold half contains all other verbs and everything loaded with `await import()`.
 */
export async function bundleCli(context: BuildContext): Promise<Attempt> {
  const { home } = context;
  const [program = ""] = asFound(["commands/index.ts"], home);
  if (!existsSync(join(home, program))) return { outputs: [], inputs: [], problems: [] };
  const made = await attempt(program, async () => {
    const options = ownOptions(context);
    const { imports, halves } = await bundleHalves(program, options);
    const starter = programStarter(options, "cli", nameOf(halves[3].path));
    // Write the starter last, because it refers to the other files.
    return {
      outputs: [
        ...verbSources(imports, context),
        ...halves,
        { path: "laju.js", contents: Buffer.from(starter) },
      ],
      inputs: Object.keys(imports).filter(isLajus),
    };
  });
  return fromRoot(made, context);
}

async function bundleHalves(program: string, context: ReturnType<typeof ownOptions>) {
  const { home, shared } = context;
  const plugins = [...context.plugins, sharedPlugin(home, shared.modules)];
  const imports = await importsOf([program], { ...context, plugins });
  const hotModules = staticallyImported(imports, [
    program,
    ...asFound([...frequentVerbs, ...frequentImports], home),
  ]);
  const coldModules = Object.keys(imports).filter((file) => isLajus(file) && !hotModules.has(file));
  const usedByCold = importedFrom(coldModules, imports).filter((file) => hotModules.has(file));
  const usedByHot = importedFrom([...hotModules], imports).filter((file) => !hotModules.has(file));
  const own = (module: string) => `module.exports = lajuOwn(${JSON.stringify(moduleName(module))});`;
  const cold = await bundleModules(usedByHot, {
    ...context,
    plugins: [...plugins, modulePlugin("laju-hot", home, usedByCold, own)],
    head: runtimeText(home, "cold.js"),
    given: givenToCold,
    isLazy: true,
  });
  const coldOutputs = namedByContent("cli", cold);
  const hot = await bundleModules(usedByCold, {
    ...context,
    plugins: [...plugins, modulePlugin("laju-cold", home, coldModules, own)],
    head: [sharedName(shared), coldName(coldOutputs), runtimeText(home, "program.js")].join("\n"),
    program,
    isLazy: true,
  });
  return { imports, halves: [...coldOutputs, ...namedByContent("cli", hot)] as const };
}

/** The variables of program.js that cold.js can use. */
const givenToCold = ["lajuModules", "lajuOwn", "lajuShared", "lajuModule", "lajuIsModule", "lajuGive"];

function staticallyImported(imports: Metafile["inputs"], files: readonly string[]): Set<string> {
  const found = new Set<string>();
  const follow = (file: string) => {
    if (!isLajus(file) || found.has(file)) return;
    found.add(file);
    for (const { path, kind } of imports[file]?.imports ?? []) if (kind !== "dynamic-import") follow(path);
  };
  for (const file of files) if (file in imports) follow(file);
  return found;
}

function importedFrom(files: readonly string[], imports: Metafile["inputs"]): string[] {
  const paths = files.flatMap((file) => imports[file]?.imports ?? []).map(({ path }) => path);
  return [...new Set(paths)].filter((path) => path in imports && isLajus(path)).sort();
}

/** Writes V8's code caches for the command line of this build. Returns a message for each that could not be written. */
export async function cacheCli({ home, build, shared }: BuildContext): Promise<string[]> {
  const [cli, itsShared] = bundlesNamedIn(join(build, "laju.js"));
  if (cli === undefined || itsShared !== shared.file) return [];
  const [, cold = ""] = bundlesNamedIn(join(build, "cli", `${cli}.js`));
  const words = [join(home, "framework/build/cli/train.js"), build, shared.file, cli];
  return makeCachesOfHalves("the command line", join(build, "cli"), home, [
    { file: cli, words: [...words, "frequent"] },
    { file: cold, words: [...words, "rare"] },
  ]);
}

/**
 * Compiles the files that commands load on demand: build/watchdog.js, the watchdog thread for commands with a time limit,
 * and build/overrides.js, for commands with an override in schedule.json.
 */
export async function bundleRuntime(context: BuildContext): Promise<Attempt> {
  const entries = [
    { in: join(context.home, "framework/runs/supervision/watchdog"), out: "watchdog" },
    { in: join(context.home, "framework/start/overriddenStart"), out: "overrides" },
  ];
  const made = await attempt("framework/runs/supervision/watchdog.ts", () =>
    bundle(entries, ownOptions(context)),
  );
  return fromRoot(made, context);
}

/** The options for bundling laju's own code from laju's folder. Packages that laju depends on are not included. */
function ownOptions(context: BuildContext) {
  const { home } = context;
  const { dependencies } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  const outside = [...Object.keys(dependencies ?? {}), ...developmentTools].filter(staysOutside);
  const isExternal = (name: string) => outside.some((one) => name === one || name.startsWith(`${one}/`));
  const plugins = [appImports(home, "cjs"), externalPackages(isExternal)];
  return { ...context, root: home, format: "cjs" as const, plugins };
}
