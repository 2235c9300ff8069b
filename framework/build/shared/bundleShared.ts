import { join } from "node:path";
import type { Metafile } from "esbuild";
import type { CommandProblem } from "../../metadata/manifest";
import type { BuildCache } from "../buildCache";
import { appImports } from "../bundle/appImports";
import type { BuildFolder, Shared } from "../bundle/buildContext";
import { type Attempt, type Bundled, describeMessage, isMessageList } from "../bundle/bundle";
import { bundlesNamedIn, coldName, namedByContent, nameOf } from "../bundle/cachedBundle";
import { bundleModules, importsOf } from "../bundle/functionBundle";
import { runtimeText } from "../bundle/heads";
import { asFound, fromRoot, isLajus, pathFromHome } from "../bundle/lajuFiles";
import { externalPackages, staysOutside } from "../bundle/packagePlugins";
import { makeCachesOfHalves } from "../codeCache";
import { writeOutputs } from "../files";
import { coldModules, coldStubs } from "./coldModules";
import { sharedPlugin } from "./sharedPlugin";

export interface SharedAttempt {
  /** Undefined if no build has ever succeeded. */
  shared: Shared | undefined;
  /** Messages about code caches that could not be written. Commands work without them, but start more slowly. */
  warnings: string[];
  problems: CommandProblem[];
}

// Services are not in the bundle: loading takes 6 ms per MB of code cache, which only commands that use a service
// should pay.
const entries = ["framework/start/startCompiled.ts", "framework/start/command.ts"] as const;

/** The variables of shared.js that cold.js can use. */
const givenToCold = ["lajuModules", "lajuShared", "lajuModule", "lajuIsModule", "lajuGive"];

/**
 * Creates build/shared: one bundle in two halves, each with V8's code cache for this Node. All commands share it, so a
 * compiled command contains only its own code. If one of laju's modules has an error, the build reports it and keeps
 * the last good bundle, so that commands still build.
 */
export async function bundleShared(context: BuildFolder, cache: BuildCache): Promise<SharedAttempt> {
  const { build } = context;
  const bundling = async () => fromRoot(await bundleOrProblems(context), context);
  const { outputs, problems } = await cache.reuse("shared", JSON.stringify(context.vendor), bundling);
  writeOutputs(build, outputs);
  const shared = sharedIn(cache, context);
  if (shared === undefined) return { shared, warnings: [], problems };
  return { shared, warnings: await makeCaches(shared.file, context), problems };
}

/** Creates the code cache of each half, from what V8 compiled during a run that used this half. */
async function makeCaches(file: string, { build, home }: BuildFolder): Promise<string[]> {
  const [cold = ""] = bundlesNamedIn(join(build, "shared", `${file}.js`));
  const program = [join(home, "framework/build/shared/train.js"), build, file];
  return makeCachesOfHalves("the shared bundle", join(build, "shared"), home, [
    { file, words: [...program, "succeeds"] },
    { file: cold, words: [...program, "fails"] },
  ]);
}

async function bundleOrProblems(context: BuildFolder): Promise<Attempt> {
  try {
    return { ...(await bundleHalves(context)), problems: [] };
  } catch (error) {
    if (!isMessageList(error)) throw error;
    const problems = error.errors.map((message) => ({
      file: message.location?.file ?? entries[0],
      message: describeMessage(message),
    }));
    return { outputs: [], inputs: [], problems };
  }
}

/**
 * Bundles both halves. Every start loads the hot half; the first call into one of `coldModules` loads the cold half.
 */
async function bundleHalves({ home, build, vendor }: BuildFolder): Promise<Bundled> {
  const context = { root: home, home, build, vendor };
  const plugins = [appImports(home, "cjs"), externalPackages(staysOutside)];
  const toCold = { ...context, plugins: [...plugins, coldStubs(home)] };
  const hotModules = modulesIn(await importsOf(asFound(entries, home), toCold));
  const toHot = { ...context, plugins: [...plugins, sharedPlugin(home, hotModules)] };
  const allCold = modulesIn(await importsOf(asFound(coldModules, home), toHot));
  const cold = await bundleModules(allCold, {
    ...toHot,
    head: runtimeText(home, "cold.js"),
    given: givenToCold,
  });
  const coldOutputs = namedByContent("shared", cold);
  const head = [
    coldName(coldOutputs),
    `const lajuVendor = ${JSON.stringify(vendor)};`,
    runtimeText(home, "shared.js"),
  ];
  const hot = await bundleModules(hotModules, { ...toCold, head: head.join("\n") });
  return {
    // Write the hot half last, because it refers to the cold half's file.
    outputs: [...coldOutputs, ...namedByContent("shared", hot)],
    inputs: [...hotModules, ...allCold].sort(),
  };
}

function modulesIn(imports: Metafile["inputs"]): string[] {
  return Object.keys(imports).filter(isLajus).sort();
}

/** The current shared bundle; undefined before the first successful build. */
export function sharedIn(cache: BuildCache, context: Pick<BuildFolder, "root" | "home">): Shared | undefined {
  const cached = cache.cachedPart("shared");
  const path = cached && Object.keys(cached.outputs).findLast((output) => output.endsWith(".js"));
  if (path === undefined || cached === undefined) return undefined;
  return { file: nameOf(path), modules: cached.inputs.map((file) => pathFromHome(file, context)) };
}
