import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

/** The name of a bundle's code cache: V8 takes only its own, so each Node has one for itself. */
export function cacheName(file: string): string {
  return `${file}-${process.version}-${process.arch}.cache`;
}

/** A half of a bundle, and what uses it. */
interface Half {
  /** Its name in the folder, without ending. */
  file: string;
  /** What `node` is given, before the half and its cache. */
  words: string[];
}

/** Makes the cache of each half. Returns what is wrong, once. */
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
 * Uses a bundle a little in a process of its own, `node PROGRAM WORDS… CACHE`, which keeps what V8 compiled on the
 * way. Returns what is wrong where there is no cache then.
 */
export async function makeCache(
  name: string,
  cache: string,
  { words, cwd }: { words: string[]; cwd: string },
): Promise<string | undefined> {
  if (existsSync(cache)) return undefined;
  // Without the caller's NODE_OPTIONS: other V8 flags would make a cache that no run accepts.
  const env = { PATH: "/usr/bin:/bin", HOME: "/" };
  try {
    await promisify(execFile)(process.execPath, [...words, cache], { cwd, env });
    return undefined;
  } catch (error) {
    const reason = String(error.stderr ?? error.message).match(/^\w*Error: .*/m)?.[0] ?? error.message;
    return `${name} has no code cache and loads slower: ${reason}`;
  }
}
