import { join } from "node:path";
import type { CommandProblem } from "../../../app/schedule/manifest";
import { type Attempt, type BuildFolder, type Bundled, describeMessage, isMessageList } from "../bundle";
import { bundlesNamedIn, namedByContent, nameOf } from "../cachedBundle";
import { cacheName, makeCache } from "../codeCache";
import { writeOutputs } from "../files";
import { bundleModules, modulesOf } from "../functionBundle";
import { runtimeText } from "../heads";
import type { Memory } from "../memory";
import { coldModules, coldStubs } from "./coldModules";
import { sharedPlugin } from "./sharedPlugin";

/** What all compiled files share: laju's part of every run. */
export interface Shared {
  /** The bundle's name in build/shared, without ending: a hash of its content. */
  file: string;
  /** The modules in it, from the app's root. */
  modules: string[];
}

export interface SharedAttempt {
  /** Undefined where there never was one. */
  shared: Shared | undefined;
  /** What could not be made; commands then start slower, and work. */
  warnings: string[];
  problems: CommandProblem[];
}

// Not the services: whoever uses one pays for reading it, and nobody else (a code cache costs 6 ms a MB to read).
const entries: [string, ...string[]] = ["app/console/startCompiled.ts", "app/console/command.ts"];

/** What shared.js has and hands on to cold.js. */
const givenToCold = ["lajuModules", "lajuModule", "lajuIsModule", "lajuShared", "lajuGive"];

/**
 * Makes build/shared: one bundle, with V8's code cache for this Node beside it. A command of its own holds only
 * what is its own, so that a thousand of them are small and each starts without compiling laju anew. Where one of
 * its modules is bad, that is a problem, and the last good bundle stays: other commands still build.
 */
export async function bundleShared(place: BuildFolder, memory: Memory): Promise<SharedAttempt> {
  const { build } = place;
  const bundling = () => bundleOrProblems(place);
  const { outputs, problems } = await memory.recall("shared", JSON.stringify(place.vendor), bundling);
  writeOutputs(build, outputs);
  const shared = sharedIn(memory);
  if (shared === undefined) return { shared, warnings: [], problems };
  return { shared, warnings: await makeCaches(shared.file, place), problems };
}

/** Each half keeps what V8 compiled of it during a run that called into it. */
async function makeCaches(file: string, { build, root }: BuildFolder): Promise<string[]> {
  const [cold = ""] = bundlesNamedIn(join(build, "shared", `${file}.js`));
  const made = [
    { half: file, outcome: "succeeds" },
    { half: cold, outcome: "fails" },
  ].map(({ half, outcome }) => {
    const words = [join(root, "scripts/build/shared/train.js"), build, file, outcome, half];
    const cache = join(build, "shared", cacheName(half));
    return makeCache("the shared bundle", cache, { words, cwd: root });
  });
  return [...new Set((await Promise.all(made)).filter((warning) => warning !== undefined))];
}

async function bundleOrProblems(place: BuildFolder): Promise<Attempt> {
  try {
    return { ...(await bundleHalves(place)), problems: [] };
  } catch (error) {
    if (!isMessageList(error)) throw error;
    const problems = error.errors.map((message) => ({
      file: message.location?.file ?? entries[0],
      message: describeMessage(message),
    }));
    return { outputs: [], inputs: [], problems };
  }
}

/** The hot half is what each start loads, the cold one what it loads when it first calls one of `coldModules`. */
async function bundleHalves(place: BuildFolder): Promise<Bundled> {
  const { root, vendor } = place;
  const toCold = coldStubs(root);
  const hotModules = await modulesOf(entries, place, toCold);
  const toHot = sharedPlugin(root, hotModules);
  const allCold = await modulesOf(coldModules, place, toHot);
  const cold = await bundleModules(allCold, place, {
    plugin: toHot,
    head: runtimeText(root, "cold.js"),
    given: givenToCold,
  });
  const coldOutputs = namedByContent("shared", cold);
  const head = [
    `const lajuColdFile = "${nameOf(coldOutputs[1].path)}";`,
    `const lajuVendor = ${JSON.stringify(vendor)};`,
    runtimeText(root, "shared.js"),
  ];
  const hot = await bundleModules(hotModules, place, { plugin: toCold, head: head.join("\n") });
  return {
    // The hot half comes last: what it names is there.
    outputs: [...coldOutputs, ...namedByContent("shared", hot)],
    inputs: [...hotModules, ...allCold].sort(),
  };
}

/** What is shared now; undefined before there was a good build. */
export function sharedIn(memory: Memory): Shared | undefined {
  const memo = memory.memo("shared");
  const path = memo && Object.keys(memo.outputs).findLast((output) => output.endsWith(".js"));
  return path && memo ? { file: nameOf(path), modules: memo.inputs } : undefined;
}
