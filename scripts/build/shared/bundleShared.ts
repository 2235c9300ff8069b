import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CommandProblem } from "../../../app/schedule/manifest";
import { type BuildFolder, bundleSharedModules, describeMessage, isMessageList } from "../bundle";
import { namedByContent } from "../cachedBundle";
import { cacheName, makeCache } from "../codeCache";
import { writeIfChanged, writeOutputs } from "../files";

/** What all compiled files share: laju's part of every run. */
export interface Shared {
  /** The bundle's name in build/shared, without ending: a hash of its content. */
  file: string;
  /** The modules in it, from the app's root. */
  modules: string[];
}

export interface BundledShared {
  shared: Shared;
  /** What could not be made; commands then start slower, and work. */
  warnings: string[];
}

// Not the services: whoever uses one pays for reading it, and nobody else (a code cache costs 6 ms a MB to read).
const entries: [string, ...string[]] = ["app/console/startCompiled.ts", "app/console/command.ts"];

/**
 * Makes build/shared: one bundle, with V8's code cache for this Node beside it. A command of its own holds only
 * what is its own, so that a thousand of them are small and each starts without compiling laju anew.
 */
export async function bundleShared(place: BuildFolder): Promise<BundledShared> {
  const { build, root } = place;
  const bundled = await bundleSharedModules(entries, place);
  const { file, outputs } = namedByContent("shared", bundled);
  writeOutputs(build, outputs);
  const train = join(root, "scripts/build/shared/train.js");
  const cache = join(build, "shared", cacheName(file));
  const words = [train, build, file];
  const warning = await makeCache("the shared bundle", cache, { words, cwd: root });
  const shared = { file, modules: bundled.modules };
  return { shared, warnings: warning === undefined ? [] : [warning] };
}

/** Where one of its modules is bad, that is a problem, and the last good bundle stays: other commands still build. */
export async function bundleSharedOrKeep(place: BuildFolder): Promise<SharedAttempt> {
  try {
    return { ...(await bundleShared(place)), problems: [] };
  } catch (error) {
    if (!isMessageList(error)) throw error;
    const problems = error.errors.map((message) => ({
      file: message.location?.file ?? entries[0],
      message: describeMessage(message),
    }));
    return { shared: readShared(place), warnings: [], problems };
  }
}

interface SharedAttempt {
  shared: Shared | undefined;
  warnings: string[];
  problems: CommandProblem[];
}

/** Written last: whoever builds a single command finds a whole bundle there. */
export function writeSharedIndex({ build }: BuildFolder, shared: Shared): void {
  writeIfChanged(indexFile(build), `${JSON.stringify(shared, null, 2)}\n`);
}

/** What the last whole build shared; undefined before there was one. */
export function readShared({ build }: Pick<BuildFolder, "build">): Shared | undefined {
  const file = indexFile(build);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Shared) : undefined;
}

function indexFile(build: string): string {
  return join(build, "shared", "index.json");
}
