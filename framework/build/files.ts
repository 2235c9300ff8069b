import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeAtomically } from "../files/writeAtomically";
import type { Output } from "./bundle/bundle";

/**
 * Writes a file atomically, so that a command that cron starts at this moment reads either the old or the new contents.
 * A file that already has the right contents is left alone.
 */
export function writeIfChanged(file: string, contents: string | Uint8Array): void {
  const next = Buffer.from(contents as Uint8Array);
  if (next.equals(readOrEmpty(file)) && next.length > 0) return;
  mkdirSync(dirname(file), { recursive: true });
  writeAtomically(file, next, { mode: "umask" });
}

export function writeOutputs(build: string, outputs: readonly Output[]): void {
  for (const { path, contents } of outputs) writeIfChanged(join(build, path), contents);
}

function readOrEmpty(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0); // The file doesn't exist yet.
  }
}
