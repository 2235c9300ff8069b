import { hkdfSync, scryptSync } from "node:crypto";
import { settings } from "../../config/config";
import { LajuError } from "../../config/errors";

/** BACKUP_ENCRYPTION_KEY: 32 random bytes, or a passphrase from which scrypt derives 32 bytes. */
export type BackupSecret = { kind: "key"; bytes: Buffer } | { kind: "passphrase"; text: string };

/**
 * The two keys of a backup file. One encrypts the file; the other is for a quick check of whether the secret is right.
 */
export interface FileKeys {
  encryption: Buffer;
  check: Buffer;
}

const shortestPassphrase = 16;

/** The secret from the settings. Throws without one, because backups are always encrypted. */
export function backupSecret(value = settings().backup.encryptionKey): BackupSecret {
  if (value === undefined) throw badKey("BACKUP_ENCRYPTION_KEY is not set, and backups are always encrypted");
  if (/^[0-9a-f]{64}$/i.test(value)) return { kind: "key", bytes: Buffer.from(value, "hex") };
  if (/^[A-Za-z0-9+/]{43}=$/.test(value)) return { kind: "key", bytes: Buffer.from(value, "base64") };
  if (value.length >= shortestPassphrase) return { kind: "passphrase", text: value };
  throw badKey(
    `BACKUP_ENCRYPTION_KEY has ${value.length} characters, but a passphrase needs at least ${shortestPassphrase}`,
  );
}

/** Derives the keys of one file. Each file has its own salt, so no two files share a key. */
export function keysFor(secret: BackupSecret, salt: Buffer): FileKeys {
  // Each guess at a passphrase costs 64 MiB and about 0.2 s.
  const cost = { N: 2 ** 16, r: 8, p: 1, maxmem: 2 ** 27 };
  const master = secret.kind === "key" ? secret.bytes : scryptSync(secret.text, salt, 32, cost);
  const derive = (use: string) => Buffer.from(hkdfSync("sha256", master, salt, `laju backup ${use}`, 32));
  return { encryption: derive("encryption"), check: derive("check") };
}

function badKey(message: string): LajuError {
  return new LajuError(message, {
    code: "E_BACKUP_KEY",
    hint: "Generate a key with `openssl rand -hex 32`, put it in .env, and keep a copy on another machine.",
  });
}
