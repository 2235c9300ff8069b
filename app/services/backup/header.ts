import { createHmac, timingSafeEqual } from "node:crypto";
import type { BackupSecret } from "./encryptionKey";

/**
 * A backup file, version 1: this header, then the gzipped content encrypted with AES-256-GCM, then the tag.
 *
 *   0  8   "LAJUBAK1"
 *   8  1   what is inside: 1 an SQLite database file, 2 PostgreSQL's custom archive (pg_dump -Fc)
 *   9  1   the secret: 0 a key of 32 bytes, 1 a passphrase (scrypt, N 2^16, r 8, p 1, with the salt)
 *  10  2   zero
 *  12 16   salt: HKDF-SHA256 of the secret with it gives the encryption key and the check key
 *  28 12   nonce
 *  40 16   HMAC-SHA256 of the first 40 bytes with the check key, cut to 16: tells a wrong key from a damaged file
 *
 * The whole header is the cipher's additional data, so it can't be exchanged either.
 */
export interface Header {
  content: BackupContent;
  secretKind: BackupSecret["kind"];
  salt: Buffer;
  nonce: Buffer;
}

export type BackupContent = "sqlite" | "postgres";

export const headerBytes = 56;
export const tagBytes = 16;

const magic = Buffer.from("LAJUBAK1");
const contents: readonly BackupContent[] = ["sqlite", "postgres"];
const secretKinds: readonly BackupSecret["kind"][] = ["key", "passphrase"];
const signedBytes = 40;

export function formatHeader({ content, secretKind, salt, nonce }: Header, checkKey: Buffer): Buffer {
  const kinds = Buffer.from([contents.indexOf(content) + 1, secretKinds.indexOf(secretKind), 0, 0]);
  const signed = Buffer.concat([magic, kinds, salt, nonce]);
  return Buffer.concat([signed, signatureOf(signed, checkKey)]);
}

/** What the bytes say, undefined when they are not the start of a backup. */
export function parseHeader(bytes: Buffer): Header | undefined {
  if (bytes.length < headerBytes || !hasMagic(bytes)) return undefined;
  const content = contents[(bytes[8] ?? 0) - 1];
  const secretKind = secretKinds[bytes[9] ?? -1];
  if (content === undefined || secretKind === undefined) return undefined;
  return { content, secretKind, salt: bytes.subarray(12, 28), nonce: bytes.subarray(28, signedBytes) };
}

export function hasMagic(bytes: Buffer): boolean {
  return bytes.subarray(0, magic.length).equals(magic);
}

export function isSignedBy(bytes: Buffer, checkKey: Buffer): boolean {
  const signature = signatureOf(bytes.subarray(0, signedBytes), checkKey);
  return timingSafeEqual(signature, bytes.subarray(signedBytes, headerBytes));
}

function signatureOf(signed: Buffer, checkKey: Buffer): Buffer {
  return createHmac("sha256", checkKey)
    .update(signed)
    .digest()
    .subarray(0, headerBytes - signedBytes);
}
