import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";

/** V8 believes a cache whose bytes were damaged and crashes: it is on the disk whole before it has its name. */
export function writeCache(target, bytes) {
  const temporary = `${target}.${randomBytes(6).toString("hex")}.tmp`;
  const descriptor = openSync(temporary, "wx");
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(temporary, target);
}
