import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BundleOptions, Shared } from "./buildContext";

/** The code that comes first in a compiled file: where the file is, whether it is the program, and runtime/head.js. */
export function headOf({ home, format, shared }: BundleOptions): string {
  const start = format === "esm" ? esmStart : cjsStart;
  return `${sharedName(shared)}\n${start}\n${runtimeText(home, "head.js")}`;
}

/**
 * The first line of a compiled file. It names the shared bundle, so that a later build can tell which bundles are in
 * use.
 */
export function sharedName({ file }: Shared): string {
  return `const lajuSharedFile = "${file}";`;
}

// Avoid require("node:module"), which loads that module's whole public API: 2 ms per start.
const cjsStart = `const lajuNode = typeof module.constructor._load === "function" ? module.constructor : require("node:module");
const lajuMain = require.main === module;
const lajuFolder = __dirname;`;

const esmStart = `import lajuNode from "node:module";
const require = lajuNode.createRequire(import.meta.url);
const lajuMain = globalThis[Symbol.for("laju.main")] === true;
const lajuFolder = require("node:path").dirname(require("node:url").fileURLToPath(import.meta.url));`;

/**
 * A CommonJS file that starts an ES module, because .js files in build/ are CommonJS. It also switches from root to the
 * app's user, which the ES module could not do itself: its imports run before its own code.
 */
export function esmStarter(name: string): string {
  const depth = name.split("/").length;
  return `globalThis[Symbol.for("laju.main")] = require.main === module;
if (require.main === module && process.getuid?.() === 0) require("${"../".repeat(depth)}runtime/appUser.cjs").becomeAppUser(__dirname);
module.exports = import(${JSON.stringify(`./${name.split("/").at(-1)}.mjs`)});
`;
}

/** The text of a file in framework/build/runtime/. */
export function runtimeText(home: string, file: string): string {
  return readFileSync(join(home, "framework", "build", "runtime", file), "utf8");
}
