import { createHash } from "node:crypto";
import { readBytes } from "../config/readText";

/** A short hash of this content. Different contents have different hashes. */
export function contentHash(contents: string | Uint8Array): string {
  return createHash("sha256").update(contents).digest("base64url").slice(0, 22);
}

/** The hash of a file's content; undefined if the file can't be read. */
export function fileHash(file: string): string | undefined {
  try {
    return contentHash(readBytes(file));
  } catch {
    return undefined;
  }
}
