import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";

/** Writes the cache atomically and syncs it to disk, because V8 crashes on a damaged one. */
export function writeCache(target, bytes) {
  const temporary = `${target}.${randomBytes(6).toString("hex")}.tmp`;
  const descriptor = openSync(temporary, "wx");
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(temporary, target);
}
