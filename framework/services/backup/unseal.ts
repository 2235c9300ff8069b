import { createDecipheriv, type DecipherGCM } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { LajuError } from "../../config/errors";
import { type BackupSecret, keysFor } from "./encryptionKey";
import {
  type BackupContent,
  type BackupOrigin,
  fixedBytes,
  type Header,
  hasMagic,
  headerLength,
  isSignedBy,
  parseHeader,
  tagBytes,
} from "./header";

/** A backup file in which every byte has been authenticated with the secret. */
export interface SealedFile {
  file: string;
  content: BackupContent;
  /** Where the backup comes from; undefined in backups from older releases. */
  origin: BackupOrigin | undefined;
  /** A new decipher for the content after the header. */
  decipher(): DecipherGCM;
  /** The positions of the encrypted content's first and last bytes. */
  start: number;
  end: number;
}

const tryAnother = "Use another backup.";

/** Authenticates a whole backup before any of its content is used. */
export async function openSealed(
  file: string,
  secret: BackupSecret,
  signal?: AbortSignal,
): Promise<SealedFile> {
  const sealed = await readFrame(file, secret);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  try {
    await pipeline(encryptedBytes(sealed), sealed.decipher(), nowhere, { signal });
  } catch (error) {
    if (!/unable to authenticate/i.test(error.message)) throw error;
    throw unusable(`${file} is damaged or truncated: its seal does not match`, tryAnother, error);
  }
  return sealed;
}

/** Decrypts and decompresses into a stream. */
export async function unseal(sealed: SealedFile, into: Writable, signal?: AbortSignal): Promise<void> {
  await pipeline(encryptedBytes(sealed), sealed.decipher(), createGunzip(), into, { signal });
}

function encryptedBytes({ file, start, end }: SealedFile) {
  return createReadStream(file, { start, end });
}

async function readFrame(file: string, secret: BackupSecret): Promise<SealedFile> {
  const handle = await openBackup(file);
  try {
    const { size } = await handle.stat();
    const length = headerLength(await readAt(handle, 0, fixedBytes)) ?? fixedBytes;
    const bytes = await readAt(handle, 0, length);
    const header = parseHeader(bytes);
    if (header === undefined) throw noHeader(file, bytes);
    if (size <= length + tagBytes) throw unusable(`${file} is truncated`, tryAnother);
    const key = encryptionKeyFor(file, { header, bytes, secret });
    const tag = await readAt(handle, size - tagBytes, tagBytes);
    const decipher = () =>
      createDecipheriv("aes-256-gcm", key, header.nonce, { authTagLength: tagBytes })
        .setAAD(bytes)
        .setAuthTag(tag);
    const { content, origin } = header;
    return { file, content, origin, decipher, start: length, end: size - tagBytes - 1 };
  } finally {
    await handle.close();
  }
}

function noHeader(file: string, bytes: Buffer): LajuError {
  if (hasMagic(bytes))
    return unusable(`${file} is damaged or truncated: its header is incomplete`, tryAnother);
  return unusable(`${file} is not a backup`, "Backups begin with LAJUBAK2, older ones with LAJUBAK1.");
}

function encryptionKeyFor(
  file: string,
  frame: { header: Header; bytes: Buffer; secret: BackupSecret },
): Buffer {
  const { header, bytes, secret } = frame;
  const keys = keysFor(secret, header.salt);
  if (header.secretKind === secret.kind && isSignedBy(bytes, keys.check)) return keys.encryption;
  throw unusable(
    `BACKUP_ENCRYPTION_KEY does not match the key that ${file} was encrypted with (or the file's header is damaged)`,
    `Only the ${header.secretKind} that it was encrypted with can decrypt it.`,
  );
}

const seeBackups = "Backups are in BACKUP_DIR (default: data/backups).";

/** Opens with O_NONBLOCK, because opening a named pipe would otherwise block until its other end is opened. */
async function openBackup(file: string): Promise<FileHandle> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
  } catch (error) {
    throw unusable(`the backup ${file} cannot be read: ${error.code}`, seeBackups, error);
  }
  throw unusable(`${file} is not a regular file`, seeBackups);
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function unusable(message: string, hint: string, cause?: unknown): LajuError {
  return new LajuError(message, { code: "E_BACKUP_FILE", hint, cause });
}
