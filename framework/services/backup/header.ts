import { createHmac, timingSafeEqual } from "node:crypto";
import type { BackupSecret } from "./encryptionKey";

/**
 * A backup file, version 2, is this header, the gzipped content encrypted with AES-256-GCM, and the GCM tag.
 *
 *   0  8   "LAJUBAK2"
 *   8  1   content: 1 an SQLite database file, 2 a PostgreSQL custom archive (pg_dump -Fc)
 *   9  1   secret: 0 a key of 32 bytes, 1 a passphrase (scrypt, N 2^16, r 8, p 1, with the salt)
 *  10  2   n, the length of the origin
 *  12 16   salt: HKDF-SHA256 derives the encryption key and the check key from it and the secret
 *  28 12   nonce
 *  40  n   origin: JSON with `database` (its name) and `takenAt` (UTC)
 * 40+n 16  HMAC-SHA256 of everything before it with the check key, truncated: tells a wrong key from a damaged file
 *
 * The whole header is additional authenticated data of the cipher, so it can't be swapped either. Version 1 ("LAJUBAK1")
 * has no origin: only the file name says which database the backup is from, and anyone can change that.
 */
export interface Header {
  content: BackupContent;
  secretKind: BackupSecret["kind"];
  salt: Buffer;
  nonce: Buffer;
  /** The database that was backed up; undefined in version 1. */
  origin: BackupOrigin | undefined;
}

/** The database that was backed up, and when. */
export interface BackupOrigin {
  database: string;
  takenAt: Date;
}

export type BackupContent = "sqlite" | "postgres";

/** The size of the header's fixed part, which contains the length of the whole header. */
export const fixedBytes = 40;
export const tagBytes = 16;

const magics = { 1: "LAJUBAK1", 2: "LAJUBAK2" } as const;
const magicBytes = 8;
const signatureBytes = 16;
const contents: readonly BackupContent[] = ["sqlite", "postgres"];
const secretKinds: readonly BackupSecret["kind"][] = ["key", "passphrase"];

export function formatHeader({ content, secretKind, salt, nonce, origin }: Header, checkKey: Buffer): Buffer {
  const text = Buffer.from(origin === undefined ? "" : JSON.stringify(origin));
  const kinds = Buffer.from([contents.indexOf(content) + 1, secretKinds.indexOf(secretKind), 0, 0]);
  kinds.writeUInt16BE(text.length, 2);
  const magic = Buffer.from(magics[origin === undefined ? 1 : 2]);
  const signed = Buffer.concat([magic, kinds, salt, nonce, text]);
  return Buffer.concat([signed, signatureOf(signed, checkKey)]);
}

/** The length of the header that begins with these bytes; undefined if they aren't the beginning of a backup. */
export function headerLength(bytes: Buffer): number | undefined {
  if (bytes.length < fixedBytes || !hasMagic(bytes)) return undefined;
  return fixedBytes + (isVersion(bytes, 2) ? bytes.readUInt16BE(10) : 0) + signatureBytes;
}

/** Parses a complete header; undefined if it is not valid. */
export function parseHeader(bytes: Buffer): Header | undefined {
  if (headerLength(bytes) !== bytes.length) return undefined;
  const content = contents[(bytes[8] ?? 0) - 1];
  const secretKind = secretKinds[bytes[9] ?? -1];
  if (content === undefined || secretKind === undefined) return undefined;
  const salt = bytes.subarray(12, 28);
  return { content, secretKind, salt, nonce: bytes.subarray(28, fixedBytes), origin: originIn(bytes) };
}

export function hasMagic(bytes: Buffer): boolean {
  return isVersion(bytes, 1) || isVersion(bytes, 2);
}

export function isSignedBy(bytes: Buffer, checkKey: Buffer): boolean {
  const end = bytes.length - signatureBytes;
  return timingSafeEqual(signatureOf(bytes.subarray(0, end), checkKey), bytes.subarray(end));
}

function isVersion(bytes: Buffer, version: 1 | 2): boolean {
  return bytes.toString("latin1", 0, magicBytes) === magics[version];
}

/** Parses the origin. Called before the signature is verified, so the bytes may be anything. */
function originIn(bytes: Buffer): BackupOrigin | undefined {
  if (!isVersion(bytes, 2)) return undefined;
  try {
    const { database, takenAt } = JSON.parse(
      bytes.toString("utf8", fixedBytes, bytes.length - signatureBytes),
    );
    return { database: String(database), takenAt: new Date(takenAt) };
  } catch {
    // The header is damaged, so the signature check will fail.
    return { database: "", takenAt: new Date(Number.NaN) };
  }
}

function signatureOf(signed: Buffer, checkKey: Buffer): Buffer {
  return createHmac("sha256", checkKey).update(signed).digest().subarray(0, signatureBytes);
}
