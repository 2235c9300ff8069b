import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BundleOptions } from "./bundle";
import type { Shared } from "./shared/bundleShared";

/** What stands before the bundle: where it is, whether it is the program, and runtime/head.js. */
export function headOf({ root, format, shared }: BundleOptions): string {
  const start = format === "esm" ? esmStart : cjsStart;
  return `${sharedName(shared)}\n${start}\n${runtimeText(root, "head.js")}`;
}

/** Stands first, for the bundle and for whoever looks which are in use. */
export function sharedName({ file }: Shared): string {
  return `const lajuSharedFile = "${file}";`;
}

// Not require("node:module"): that loads the whole of its public part, 2 ms at each start.
const cjsStart = `const lajuNode = typeof module.constructor._load === "function" ? module.constructor : require("node:module");
const lajuMain = require.main === module;
const lajuFolder = __dirname;`;

const esmStart = `import lajuNode from "node:module";
const require = lajuNode.createRequire(import.meta.url);
const lajuMain = globalThis[Symbol.for("laju.main")] === true;
const lajuFolder = require("node:path").dirname(require("node:url").fileURLToPath(import.meta.url));`;

/** An ES module cannot be started as `node X.js` in a CommonJS folder: this one line can. */
export const esmStarter = (file: string) =>
  `globalThis[Symbol.for("laju.main")] = require.main === module; module.exports = import(${JSON.stringify(file)});\n`;

/** A file of runtime/. */
export function runtimeText(root: string, file: string): string {
  return readFileSync(join(root, "scripts", "build", "runtime", file), "utf8");
}
