import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { contentHash, fileHash } from "../catalog/contentHash";
import { readText } from "../config/readText";
import type { BuildFolder } from "./bundle/buildContext";
import type { Attempt, Output } from "./bundle/bundle";
import { writeIfChanged } from "./files";

/** What build/cache.json records about a part of the build. */
interface CachedPart {
  /** A hash of everything that the part was made from. */
  key: string;
  /** The part's input files, relative to the root. */
  inputs: string[];
  /** Hashes of the part's output files, by path relative to the build folder. */
  outputs: Record<string, string>;
}

/**
 * Records in build/cache.json the inputs and outputs of each part of the build. A part is rebuilt only if an input has
 * changed or an output is missing or damaged.
 */
export class BuildCache {
  readonly #root: string;
  readonly #home: string;
  readonly #build: string;
  readonly #tools: string;
  readonly #names: string[];
  readonly #beganAt: number;
  readonly #last: Record<string, CachedPart>;
  readonly #next: Record<string, CachedPart> = {};
  readonly #hashes = new Map<string, string | undefined>();

  /** `vendorKey` is a string that changes with the versions of packages, esbuild and Node. */
  constructor({ root, home, build }: Omit<BuildFolder, "vendor">, vendorKey: string, beganAt: Date) {
    this.#root = root;
    this.#home = home;
    this.#build = build;
    this.#beganAt = beganAt.getTime();
    this.#tools = contentHash([vendorKey, ...this.#toolHashes()].join("\n"));
    this.#names = [...namesIn(root, "app"), ...namesIn(home, "framework")].sort();
    this.#last = readParts(fileIn(build));
  }

  /**
   * Builds a part unless it is up to date. `context` is a string that changes whenever something other than the inputs
   * affects the part.
   */
  async reuse(part: string, context: string, make: () => Promise<Attempt>): Promise<Attempt> {
    const inputs = this.currentInputs(part, context);
    if (inputs !== undefined) return { outputs: [], inputs, problems: [] };
    const made = await make();
    if (made.problems.length === 0) this.keep(part, context, made);
    return made;
  }

  /** The input files of a part if it is up to date; undefined if it has to be built. */
  currentInputs(part: string, context: string): string[] | undefined {
    const cached = this.#last[part];
    if (cached === undefined || cached.key !== this.#key(part, cached.inputs, context)) return undefined;
    const isIntact = ([path, hash]: [string, string]) => this.#hash(join(this.#build, path)) === hash;
    if (!Object.entries(cached.outputs).every(isIntact)) return undefined;
    this.#next[part] = cached;
    return cached.inputs;
  }

  keep(part: string, context: string, { inputs, outputs }: { inputs: string[]; outputs: Output[] }): void {
    const hashes = outputs.map(({ path, contents }) => [path, contentHash(contents)]);
    // A file that was saved during the build may be newer than what was compiled. An empty key makes the next build
    // build this part again.
    const key = inputs.some((file) => this.#isYoung(file)) ? "" : this.#key(part, inputs, context);
    this.#next[part] = { key, inputs, outputs: Object.fromEntries(hashes) };
  }

  /** What this build or an earlier one recorded about a part. Keeps the entry for the next write. */
  cachedPart(part: string): Readonly<CachedPart> | undefined {
    const cached = this.#next[part] ?? this.#last[part];
    if (cached !== undefined) this.#next[part] = cached;
    return cached;
  }

  /** Saves the parts that this build used, and forgets all others. */
  write(): void {
    writeParts(this.#build, this.#next);
  }

  /** Saves the parts that a partial build used, and keeps all others. */
  writeMerged(): void {
    writeParts(this.#build, { ...this.#last, ...this.#next });
  }

  /** The hash of a file, by path relative to the root. Reads each file only once. */
  hashOf(file: string): string | undefined {
    return this.#hash(join(this.#root, file));
  }

  #key(part: string, inputs: readonly string[], context: string): string {
    // Ignore handlers and migrations for laju's own parts, which don't import them.
    const isLajus = !part.includes("/");
    const names = this.#names.filter(
      (name) => !isLajus || !/^(app\/(jobs|migrations)|framework\/migrations)\//.test(name),
    );
    const hashes = inputs.map((file) => `${file} ${this.hashOf(file)}`);
    return contentHash([this.#tools, context, ...names, ...hashes].join("\n"));
  }

  #toolHashes(): string[] {
    const sources = readdirSync(join(this.#home, "framework/build"), { recursive: true, encoding: "utf8" });
    const files = sources.filter((file) => /\.\w+$/.test(file)).sort();
    const lajus = [...files.map((file) => `framework/build/${file}`), "package.json"];
    return [
      ...lajus.map((file) => `${file} ${this.#hash(join(this.#home, file))}`),
      ...["package.json", "tsconfig.json"].map((file) => `${file} ${this.hashOf(file)}`),
    ];
  }

  #isYoung(file: string): boolean {
    const stat = statSync(join(this.#root, file), { throwIfNoEntry: false });
    return stat === undefined || stat.mtimeMs >= this.#beganAt;
  }

  #hash(path: string): string | undefined {
    if (!this.#hashes.has(path)) this.#hashes.set(path, fileHash(path));
    return this.#hashes.get(path);
  }
}

/**
 * The names of all files that could be imported. They are part of the key, because a new file may change what an import
 * resolves to, and workers include every handler.
 */
function namesIn(root: string, folder: string): string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return names.filter((name) => /\.([cm]?[jt]sx?|json)$/.test(name)).map((name) => `${folder}/${name}`);
}

function fileIn(build: string): string {
  return join(build, "cache.json");
}

function readParts(file: string): Record<string, CachedPart> {
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readText(file));
  } catch {
    return {}; // The file is damaged, so everything is rebuilt.
  }
}

function writeParts(build: string, parts: Record<string, CachedPart>): void {
  const sorted = Object.fromEntries(Object.entries(parts).sort(([one], [other]) => (one < other ? -1 : 1)));
  writeIfChanged(fileIn(build), `${JSON.stringify(sorted)}\n`);
}
