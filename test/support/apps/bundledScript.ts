import { join } from "node:path";
import { build } from "esbuild";
import { lajuImports } from "../../../framework/build/bundle/lajuImports";
import type { TestApp } from "./app";

/**
 * Bundles a script of an app with the app's modules, and returns the file's path from the root. For tests that are not
 * about starting scripts, because a start with tsx takes six times as long.
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
