import { join } from "node:path";
import type { CommandProblem } from "../../../app/schedule/manifest";
import { type Attempt, type BuildFolder, describeMessage, isMessageList } from "../bundle";
import { namedByContent, nameOf } from "../cachedBundle";
import { cacheName, makeCache } from "../codeCache";
import { writeOutputs } from "../files";
import { bundleSharedModules } from "../functionBundle";
import type { Memory } from "../memory";

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

/**
 * Makes build/shared: one bundle, with V8's code cache for this Node beside it. A command of its own holds only
 * what is its own, so that a thousand of them are small and each starts without compiling laju anew. Where one of
 * its modules is bad, that is a problem, and the last good bundle stays: other commands still build.
 */
export async function bundleShared(place: BuildFolder, memory: Memory): Promise<SharedAttempt> {
  const { build, root } = place;
  const bundling = () => bundleOrProblems(place);
  const { outputs, problems } = await memory.recall("shared", JSON.stringify(place.vendor), bundling);
  writeOutputs(build, outputs);
  const shared = sharedIn(memory);
  if (shared === undefined) return { shared, warnings: [], problems };
  const words = [join(root, "scripts/build/shared/train.js"), build, shared.file];
  const cache = join(build, "shared", cacheName(shared.file));
  const warning = await makeCache("the shared bundle", cache, { words, cwd: root });
  return { shared, warnings: warning === undefined ? [] : [warning], problems };
}

async function bundleOrProblems(place: BuildFolder): Promise<Attempt> {
  try {
    const bundled = await bundleSharedModules(entries, place);
    return { outputs: namedByContent("shared", bundled), inputs: bundled.modules, problems: [] };
  } catch (error) {
    if (!isMessageList(error)) throw error;
    const problems = error.errors.map((message) => ({
      file: message.location?.file ?? entries[0],
      message: describeMessage(message),
    }));
    return { outputs: [], inputs: [], problems };
  }
}

/** What is shared now; undefined before there was a good build. */
export function sharedIn(memory: Memory): Shared | undefined {
  const memo = memory.memo("shared");
  const path = memo && Object.keys(memo.outputs).find((output) => output.endsWith(".js"));
  return path && memo ? { file: nameOf(path), modules: memo.inputs } : undefined;
}
