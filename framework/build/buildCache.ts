import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { contentHash, fileHash } from "../catalog/contentHash";
import { readText } from "../config/readText";
import type { BuildFolder } from "./bundle/buildContext";
import type { Attempt, Output } from "./bundle/bundle";
import { writeIfChanged } from "./files";

/** A part of the build, as last built. */
interface Memo {
  /** A hash of all its inputs. */
  key: string;
  /** Those inputs that are files of the app, relative to the root. */
  inputs: string[];
  /** Its outputs: hashes by path relative to the build folder. */
  outputs: Record<string, string>;
}

/**
 * Records in build/memory.json what the last build made from which inputs. A part with unchanged inputs and intact outputs
 * isn't rebuilt.
 */
export class BuildCache {
  readonly #root: string;
  readonly #home: string;
  readonly #build: string;
  readonly #tools: string;
  readonly #names: string[];
  readonly #beganAt: number;
  readonly #last: Record<string, Memo>;
  readonly #next: Record<string, Memo> = {};
  readonly #hashes = new Map<string, string | undefined>();

  /** `vendorKey` identifies the versions of packages, esbuild and Node. */
  constructor({ root, home, build }: Omit<BuildFolder, "vendor">, vendorKey: string, beganAt: Date) {
    this.#root = root;
    this.#home = home;
    this.#build = build;
    this.#beganAt = beganAt.getTime();
    this.#tools = contentHash([vendorKey, ...this.#toolHashes()].join("\n"));
    this.#names = [...namesIn(root, "app"), ...namesIn(home, "framework")].sort();
    this.#last = readMemos(fileIn(build));
  }

  /** Builds a part unless it is up to date. `context` is everything besides its inputs that determines it. */
  async recall(part: string, context: string, make: () => Promise<Attempt>): Promise<Attempt> {
    const inputs = this.knows(part, context);
    if (inputs !== undefined) return { outputs: [], inputs, problems: [] };
    const made = await make();
    if (made.problems.length === 0) this.keep(part, context, made);
    return made;
  }

  /** The inputs of a part that is up to date; undefined if it has to be built. */
  knows(part: string, context: string): string[] | undefined {
    const memo = this.#last[part];
    if (memo === undefined || memo.key !== this.#key(part, memo.inputs, context)) return undefined;
    const isThere = ([path, hash]: [string, string]) => this.#hash(join(this.#build, path)) === hash;
    if (!Object.entries(memo.outputs).every(isThere)) return undefined;
    this.#next[part] = memo;
    return memo.inputs;
  }

  keep(part: string, context: string, { inputs, outputs }: { inputs: string[]; outputs: Output[] }): void {
    const hashes = outputs.map(({ path, contents }) => [path, contentHash(contents)]);
    // If a file was saved during the build, we don't know which version was used: build again.
    const key = inputs.some((file) => this.#isYoung(file)) ? "" : this.#key(part, inputs, context);
    this.#next[part] = { key, inputs, outputs: Object.fromEntries(hashes) };
  }

  /** The current state of a part, from this build or an earlier one. */
  memo(part: string): Readonly<Memo> | undefined {
    const memo = this.#next[part] ?? this.#last[part];
    if (memo !== undefined) this.#next[part] = memo;
    return memo;
  }

  /** Removes all parts that this build neither built nor looked up. */
  write(): void {
    writeMemos(this.#build, this.#next);
  }

  /** For a partial build: keeps the other parts. */
  writeBeside(): void {
    writeMemos(this.#build, { ...this.#last, ...this.#next });
  }

  /** Hashes by path relative to the root. Each file is read only once. */
  hashOf(file: string): string | undefined {
    return this.#hash(join(this.#root, file));
  }

  #key(part: string, inputs: readonly string[], context: string): string {
    // laju's own parts import no handlers or migrations.
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

/** All importable files: a new file may change what an import resolves to, and a new handler belongs in every worker. */
function namesIn(root: string, folder: string): string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return names.filter((name) => /\.([cm]?[jt]sx?|json)$/.test(name)).map((name) => `${folder}/${name}`);
}

function fileIn(build: string): string {
  return join(build, "memory.json");
}

function readMemos(file: string): Record<string, Memo> {
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readText(file));
  } catch {
    return {}; // Damaged: everything is rebuilt.
  }
}

function writeMemos(build: string, memos: Record<string, Memo>): void {
  const sorted = Object.fromEntries(Object.entries(memos).sort(([one], [other]) => (one < other ? -1 : 1)));
  writeIfChanged(fileIn(build), `${JSON.stringify(sorted)}\n`);
}
