import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { contentHash } from "../../../app/console/contentHash";
import type { CommandProblem } from "../../../app/schedule/manifest";
import { type BuildFolder, bundleSharedModules, describeMessage, isMessageList } from "../bundle";
import { cacheName, makeCache } from "../codeCache";
import { writeIfChanged } from "../files";

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
  const folder = join(place.build, "shared");
  const { code, map, modules } = await bundleSharedModules(entries, place);
  const file = contentHash(code);
  writeIfChanged(join(folder, `${file}.js`), code);
  writeIfChanged(join(folder, `${file}.js.map`), map);
  const train = join(place.root, "scripts/build/shared/train.js");
  const cache = join(folder, cacheName(file));
  const words = [train, place.build, file];
  const warning = await makeCache("the shared bundle", cache, { words, cwd: place.root });
  const shared = { file, modules };
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

/** Another build may be under way, and has written a bundle that no command names yet. */
const youngMs = 600_000;

/** Deletes bundles that no compiled file asks for any more, save the last build's: a start may be under way. */
export function removeUnused({ build }: BuildFolder, previous: string | undefined): void {
  const folder = join(build, "shared");
  const compiled = readdirSync(build, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.m?js$/.test(path) && !/^(vendor|shared)\//.test(path))
    .map((path) => readFileSync(join(build, path), "latin1").slice(0, 1000));
  const isUsed = (file: string) => file === previous || compiled.some((text) => text.includes(file));
  const isYoung = (path: string) => Date.now() - statSync(join(folder, path)).mtimeMs < youngMs;
  for (const path of readdirSync(folder)) {
    const [file] = /^[\w-]{22}/.exec(path) ?? [];
    if (file !== undefined && !isUsed(file) && !isYoung(path)) rmSync(join(folder, path), { force: true });
  }
}

function indexFile(build: string): string {
  return join(build, "shared", "index.json");
}
