import { createCipheriv, randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { type BackupSecret, keysFor } from "./encryptionKey";
import { type BackupContent, type BackupOrigin, formatHeader } from "./header";

export interface Sealing {
  content: BackupContent;
  /** If undefined, writes a file of version 1. */
  origin: BackupOrigin | undefined;
  secret: BackupSecret;
  signal?: AbortSignal;
}

/** GCM's limit for a single message. A longer one would not be secure. */
const largestBytes = 2 ** 36 - 32;

/** Writes a stream, gzipped and encrypted, to a new file. Returns the file's size when it is safely on disk. */
export async function seal(source: Readable, file: string, options: Sealing): Promise<number> {
  const { content, origin, secret, signal } = options;
  const salt = randomBytes(16);
  const nonce = randomBytes(12);
  const keys = keysFor(secret, salt);
  const header = formatHeader({ content, secretKind: secret.kind, salt, nonce, origin }, keys.check);
  const cipher = createCipheriv("aes-256-gcm", keys.encryption, nonce).setAAD(header);

  async function* framed(encrypted: AsyncIterable<Buffer>) {
    yield header;
    yield* encrypted;
    yield cipher.getAuthTag();
  }

  // `flush` calls fsync before closing, so that a later rename can't reach the disk before the data.
  const sealed = createWriteStream(file, { flags: "wx", mode: 0o600, flush: true });
  await pipeline(source, createGzip(), cipher, framed, sealed, { signal });

  const { size } = await stat(file);
  if (size > largestBytes) throw new Error(`a backup can be at most 64 GiB, but this one has ${size} bytes`);
  return size;
}
