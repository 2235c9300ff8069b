import { createHash } from "node:crypto";

/** A short name for some content: the same for the same bytes, and for no others. */
export function contentHash(contents: string | Uint8Array): string {
  return createHash("sha256").update(contents).digest("base64url").slice(0, 22);
}
