import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BundleOptions, Shared } from "./buildContext";

/** The code before a bundle: the file's location, whether the file is the program, and runtime/head.js. */
export function headOf({ home, format, shared }: BundleOptions): string {
  const start = format === "esm" ? esmStart : cjsStart;
  return `${sharedName(shared)}\n${start}\n${runtimeText(home, "head.js")}`;
}

/** The first line of a compiled file, by which a later build finds the bundles that are in use. */
export function sharedName({ file }: Shared): string {
  return `const lajuSharedFile = "${file}";`;
}

// Avoid require("node:module"), which loads its whole public API: 2 ms per start.
const cjsStart = `const lajuNode = typeof module.constructor._load === "function" ? module.constructor : require("node:module");
const lajuMain = require.main === module;
const lajuFolder = __dirname;`;

const esmStart = `import lajuNode from "node:module";
const require = lajuNode.createRequire(import.meta.url);
const lajuMain = globalThis[Symbol.for("laju.main")] === true;
const lajuFolder = require("node:path").dirname(require("node:url").fileURLToPath(import.meta.url));`;

/**
 * The CommonJS file that starts an ES module, since the folder's .js files are CommonJS. It also switches from root to
 * the app's user, because an ES module's imports would run before its own code could do that.
 */
export function esmStarter(name: string): string {
  const depth = name.split("/").length;
  return `globalThis[Symbol.for("laju.main")] = require.main === module;
if (require.main === module && process.getuid?.() === 0) require("${"../".repeat(depth)}runtime/appUser.cjs").becomeAppUser(__dirname);
module.exports = import(${JSON.stringify(`./${name.split("/").at(-1)}.mjs`)});
`;
}

/** Reads a file from runtime/. */
export function runtimeText(home: string, file: string): string {
  return readFileSync(join(home, "framework", "build", "runtime", file), "utf8");
}
