import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const read = (file: string) => JSON.parse(readFileSync(join(import.meta.dirname, "..", file), "utf8"));
const { packages } = read("package-lock.json");

describe("package-lock.json", () => {
  test("keeps npm from compiling better-sqlite3 13, which contains its binaries", () => {
    // The package's package.json contains gypfile: false, but npm ignores it when it installs from a lock file, and
    // drops this line whenever it writes one. Without the line, `npm ci` needs Python and a compiler.
    expect(packages["node_modules/better-sqlite3"]).toMatchObject({ gypfile: false });
  });

  test("lists the packages of every platform, not only of the one it was created on", () => {
    const esbuild = Object.keys(packages["node_modules/esbuild"].optionalDependencies);
    expect(esbuild.filter((name) => packages[`node_modules/${name}`] === undefined)).toEqual([]);
  });

  test("has a hash for every package on every platform", () => {
    const entries = Object.entries<{ integrity?: string }>(packages).filter(([path]) => path !== "");
    expect(entries.filter(([, { integrity }]) => !integrity?.startsWith("sha512-"))).toEqual([]);
  });

  test("matches package.json", () => {
    const { dependencies, devDependencies, optionalDependencies } = read("package.json");
    expect(packages[""]).toMatchObject({ dependencies, devDependencies, optionalDependencies });
  });
});
