import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

/**
 * The file name of a bundle's code cache. It contains Node's version, because V8 accepts only caches that the same
 * version wrote.
 */
export function cacheName(file: string): string {
  return `${file}-${process.version}-${process.arch}.cache`;
}

/** One half of a bundle, and how to run it so that V8 compiles the functions it uses. */
interface Half {
  /** The name of the half's file in the folder, without extension. */
  file: string;
  /** The arguments for `node`. The name of the half and the path of its cache are appended. */
  words: string[];
}

/** Creates the code cache of each half. Returns a message for each that could not be written, without duplicates. */
export async function makeCachesOfHalves(
  name: string,
  folder: string,
  cwd: string,
  halves: Half[],
): Promise<string[]> {
  const made = halves.map(({ file, words }) =>
    makeCache(name, join(folder, cacheName(file)), { words: [...words, file], cwd }),
  );
  return [...new Set((await Promise.all(made)).filter((warning) => warning !== undefined))];
}

/**
 * Runs a bundle in a separate process (`node PROGRAM WORDS… CACHE`), which writes the code that V8 compiled to the file
 * CACHE. Returns a message if it wrote none.
 */
export async function makeCache(
  name: string,
  cache: string,
  { words, cwd }: { words: string[]; cwd: string },
): Promise<string | undefined> {
  if (existsSync(cache)) return undefined;
  // Don't pass on NODE_OPTIONS: a cache made with other V8 flags would be rejected when it is used.
  const env = { PATH: "/usr/bin:/bin", HOME: "/" };
  try {
    await promisify(execFile)(process.execPath, [...words, cache], { cwd, env });
    return undefined;
  } catch (error) {
    const reason = String(error.stderr ?? error.message).match(/^\w*Error: .*/m)?.[0] ?? error.message;
    return `${name} has no code cache, so it loads more slowly: ${reason}`;
  }
}
