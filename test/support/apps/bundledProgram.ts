import { basename, join } from "node:path";
import { buildSync } from "esbuild";
import { inject } from "vitest";

const bundles = new Map<string, string>();

/**
 * A program of the tests as one file, with npm's packages outside: made once for a test file that starts it again and
 * again, because by tsx each start takes four times as long.
 */
export function bundledProgram(source: string): string {
  const known = bundles.get(source);
  if (known !== undefined) return known;
  const outfile = join(inject("programs"), `${process.pid}`, `${basename(source, ".ts")}.mjs`);
  buildSync({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    sourcemap: "inline",
  });
  bundles.set(source, outfile);
  return outfile;
}
