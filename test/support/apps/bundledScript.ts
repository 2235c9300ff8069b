import { join } from "node:path";
import { build } from "esbuild";
import { lajuImports } from "../../../framework/build/bundle/lajuImports";
import type { TestApp } from "./app";

/**
 * Compiles a script of an app, with the app's modules in it, and returns the file's path from the root. For tests that
 * are not about how a script is started: by tsx the start takes six times as long.
 */
export async function bundledScript(app: TestApp, path: string): Promise<string> {
  const output = path.replace(/\.ts$/, ".mjs");
  await build({
    absWorkingDir: app.root,
    entryPoints: [path],
    outfile: join(app.root, output),
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "silent",
    plugins: [lajuImports(app.root)],
  });
  return output;
}
