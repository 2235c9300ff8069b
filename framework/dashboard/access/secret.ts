import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { paths } from "../../config/config";
import { makeFolder } from "../../files/makeFolder";
import { ownFileText } from "../../files/openFile";
import { writeAtomically } from "../../files/writeAtomically";

const file = join(paths.data, "dashboard.token");

/**
 * The token in the URL that is printed at start-up. It is stored in a file, so that bookmarks keep working; delete the
 * file to get a new token. Only this user can read the file, whatever LAJU_GROUP is.
 */
export function dashboardToken(): string {
  const known = privateText()?.trim();
  if (known !== undefined && /^[\w-]{43}$/.test(known)) return known;
  const token = randomBytes(32).toString("base64url");
  makeFolder(dirname(file));
  writeAtomically(file, `${token}\n`, { mode: 0o600 });
  return token;
}

/** Derives a key for one purpose, so that a signature made for one purpose is invalid for another. */
export function keyFor(purpose: string, secret: string): Buffer {
  return createHmac("sha256", secret).update(purpose).digest();
}

export function signature(key: Buffer, text: string): string {
  return createHmac("sha256", key).update(text).digest("base64url");
}

const comparing = randomBytes(32);

/** Compares in constant time, no matter how long the strings are or where they differ. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHmac("sha256", comparing).update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** The stored token. Undefined if others can read the file, because they may already know it. */
function privateText(): string | undefined {
  const mode = statSync(file, { throwIfNoEntry: false })?.mode;
  return mode === undefined || (mode & 0o077) !== 0 ? undefined : ownFileText(file);
}
