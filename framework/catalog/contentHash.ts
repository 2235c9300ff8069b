import { createHash } from "node:crypto";
import { readBytes } from "../config/readText";

/** A short name for some content: the same for the same bytes, and for no others. */
export function contentHash(contents: string | Uint8Array): string {
  return createHash("sha256").update(contents).digest("base64url").slice(0, 22);
}

/** The hash of a file's content; undefined if it is gone or unreadable, which its reader will report. */
export function fileHash(file: string): string | undefined {
  try {
    return contentHash(readBytes(file));
  } catch {
    return undefined;
  }
}
