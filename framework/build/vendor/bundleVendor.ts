import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { build, version as esbuildVersion, type Plugin } from "esbuild";
import { contentHash } from "../../catalog/contentHash";
import { writeAtomically } from "../../files/writeAtomically";
import type { BuildFolder } from "../bundle/buildContext";
import { asFunction } from "../bundle/functionBundle";
import { cacheName, makeCache } from "../codeCache";
import { writeIfChanged } from "../files";
import { addonPlugin, addons } from "./addons";
import { withLazyBuiltins } from "./lazyBuiltins";
import { lighterParts } from "./lighterParts";
import { type VendorPackage, vendorPackages } from "./packages";
import { rarelyUsed } from "./rarelyUsed";

type VendorContext = Omit<BuildFolder, "vendor">;

export interface Vendor {
  /** A hash of everything that determines the bundles' contents. */
  key: string;
  /** The names of the files in build/vendor, without extension, by the package they contain. */
  files: Record<string, string>;
  /** Messages about what could not be created. Commands work without it, but start more slowly. */
  warnings: string[];
}

/** The index of build/vendor: file names by package, and the hash of what they were made from. */
interface VendorIndex {
  key: string;
  files: Record<string, string>;
}

/**
 * Creates build/vendor: each heavy package as one file, with V8's code cache for this Node. Does so once per lock file
 * and Node version; later builds only read the index.
 */
export async function bundleVendor(context: VendorContext): Promise<Vendor> {
  const folder = join(context.build, "vendor");
  const indexFile = join(folder, "index.json");
  const key = vendorKey(context);
  const index = readIndex(indexFile);
  if (index?.key === key && hasCaches(folder, index)) return { key, files: index.files, warnings: [] };

  const files = index?.key === key ? index.files : await bundlePackages(context, folder);
  const train = join(context.home, "framework/build/vendor/train.js");
  // Run Knex with the bundled SQLite driver, as commands do: under pnpm, Knex may not find the package.
  const driver = files["better-sqlite3-node20"] ?? files["better-sqlite3"] ?? "";
  const cached = Object.entries(files).map(([name, file]) =>
    makeCache(name, join(folder, cacheName(file)), {
      words: [train, folder, name, file, driver],
      cwd: context.home,
    }),
  );
  const warnings = (await Promise.all(cached)).filter((warning) => warning !== undefined);
  writeIfChanged(indexFile, `${JSON.stringify({ key, files } satisfies VendorIndex, null, 2)}\n`);
  removeOthers(folder, files);
  return { key, files, warnings };
}

/** A hash of everything on which the bundles' contents depend. */
function vendorKey({ root, home }: VendorContext): string {
  const node20 = Number.parseInt(process.versions.node, 10) < 22;
  const folder = join(home, "framework/build/vendor");
  const sources = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
  return contentHash(
    `${esbuildVersion} ${process.arch} ${node20} ${asFunction("")} ${sources.join("\n")} ${installedPackages(root)}`,
  );
}

/** The files in which npm, pnpm or Yarn record which packages are installed. */
const lockFiles = [
  "package-lock.json",
  "node_modules/.package-lock.json",
  "node_modules/.pnpm/lock.yaml",
  "node_modules/.yarn-integrity",
  "node_modules/.yarn-state.yml",
];

/** The text of the lock file in this folder or the nearest one above it, such as that of a workspace. */
function installedPackages(folder: string): string {
  const found = lockFiles.map((file) => join(folder, file)).find((file) => existsSync(file));
  if (found !== undefined) return readFileSync(found, "utf8");
  return folder === dirname(folder) ? "" : installedPackages(dirname(folder));
}

function readIndex(file: string): VendorIndex | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined; // The file doesn't exist yet or is truncated, so it is created again.
  }
}

function hasCaches(folder: string, { files }: VendorIndex): boolean {
  return Object.values(files).every((file) => existsSync(join(folder, cacheName(file))));
}

async function bundlePackages(context: VendorContext, folder: string): Promise<Record<string, string>> {
  const made = await Promise.all(
    vendorPackages.map(async (one) => [one.name, await bundlePackage(one, context, folder)] as const),
  );
  return Object.fromEntries(made.filter(([, file]) => file !== undefined)) as Record<string, string>;
}

/**
 * Bundles a package. Returns the file's name (a hash of its content) without extension; undefined if the package isn't
 * installed.
 */
async function bundlePackage(
  one: VendorPackage,
  { home }: VendorContext,
  folder: string,
): Promise<string | undefined> {
  const addon = addons[one.name]?.(home);
  if (one.name in addons && addon === undefined) return undefined;
  const result = await build({
    absWorkingDir: home,
    stdin: { contents: `module.exports = require(${JSON.stringify(one.name)});`, resolveDir: home },
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    target: "node20.19",
    charset: "ascii",
    logLevel: "silent",
    // Ignore tsconfig.json, whose `paths` apply only to the app's code.
    tsconfigRaw: "{}",
    // Don't shorten identifiers, because people and code read the names of errors and classes.
    minifyWhitespace: true,
    minifySyntax: true,
    // Keep lines short, because Node prints the source line of an uncaught error.
    lineLimit: 160,
    external: one.external ?? [],
    define: { "process.env.NODE_ENV": '"production"' },
    plugins: [
      ...(addon ? [addonPlugin(addon.output)] : []),
      rarelyUsed,
      lighterParts(home),
      optionalPackages,
    ],
  });
  const code = result.outputFiles[0]?.text ?? "";
  const source = asFunction(withLazyBuiltins(code));
  const file = `${one.name}-${contentHash(source)}`;
  writeIfChanged(join(folder, `${file}.js`), source);
  if (addon) copyWhole(addon.source, join(folder, addon.output));
  return file;
}

/** Leaves optional drivers and extras, which a package uses if they are installed, to be resolved at run time. */
const optionalPackages: Plugin = {
  name: "optional-packages",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ path, kind, resolveDir, pluginData }) => {
      if (pluginData === optionalPackages || isBuiltin(path)) return undefined;
      const found = await resolve(path, { kind, resolveDir, pluginData: optionalPackages });
      return found.errors.length > 0 ? { path, external: true } : found;
    });
  },
};

function copyWhole(source: string, target: string): void {
  writeAtomically(target, readFileSync(source), { mode: "umask" });
}

function removeOthers(folder: string, files: Record<string, string>): void {
  const kept = Object.values(files);
  for (const file of readdirSync(folder)) {
    const isBundle = /-[\w-]{22}(-v[\d.]+-\w+)?\.(js|cache)$/.test(file);
    if (isBundle && !kept.some((one) => file.startsWith(one))) rmSync(join(folder, file), { force: true });
  }
}
