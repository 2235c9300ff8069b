import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { paths } from "../../config/config";
import { makeFolder } from "../../files/makeFolder";
import { ownFileText } from "../../files/openFile";
import { writeWhole } from "../../files/writeWhole";

const file = join(paths.data, "dashboard.token");

/**
 * The token of the URL that the start prints, for this user alone whatever LAJU_GROUP says. It stays the same, so that
 * a bookmark goes on working; delete the file for another one.
 */
export function dashboardToken(): string {
  const known = privateText()?.trim();
  if (known !== undefined && /^[\w-]{43}$/.test(known)) return known;
  const token = randomBytes(32).toString("base64url");
  makeFolder(dirname(file));
  writeWhole(file, `${token}\n`, { mode: 0o600 });
  return token;
}

/** A key for one purpose, so that what is signed for one counts nowhere else. */
export function keyFor(purpose: string, secret: string): Buffer {
  return createHmac("sha256", secret).update(purpose).digest();
}

export function signature(key: Buffer, text: string): string {
  return createHmac("sha256", key).update(text).digest("base64url");
}

const comparing = randomBytes(32);

/** Takes as long whatever the first difference is, and whatever the lengths. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHmac("sha256", comparing).update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** Undefined for a file that others can read: they may know it already. */
function privateText(): string | undefined {
  const mode = statSync(file, { throwIfNoEntry: false })?.mode;
  return mode === undefined || (mode & 0o077) !== 0 ? undefined : ownFileText(file);
}
