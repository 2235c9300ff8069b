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

/** A backup file whose every byte was found to be what was written with this secret. */
export interface SealedFile {
  file: string;
  content: BackupContent;
  /** Whose backup it is; undefined in those of older releases. */
  origin: BackupOrigin | undefined;
  /** A decipher that is ready to read the file from behind its header. */
  decipher(): DecipherGCM;
  /** The first and the last byte of the encrypted content. */
  start: number;
  end: number;
}

const takeAnother = "Take another backup.";

/** Checks a backup from its first byte to its tag. Nothing of it is used before that. */
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
    throw unusable(`${file} is damaged or cut short: its seal does not match`, takeAnother, error);
  }
  return sealed;
}

/** Decrypts and unpacks into a stream. */
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
    if (size <= length + tagBytes) throw unusable(`${file} is cut short`, takeAnother);
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
    return unusable(`${file} is damaged or cut short: its header is incomplete`, takeAnother);
  return unusable(`${file} is not a backup`, "A backup begins with LAJUBAK2, an older one with LAJUBAK1.");
}

function encryptionKeyFor(
  file: string,
  frame: { header: Header; bytes: Buffer; secret: BackupSecret },
): Buffer {
  const { header, bytes, secret } = frame;
  const keys = keysFor(secret, header.salt);
  if (header.secretKind === secret.kind && isSignedBy(bytes, keys.check)) return keys.encryption;
  throw unusable(
    `BACKUP_ENCRYPTION_KEY is not the one that ${file} was encrypted with (or the file's start is damaged)`,
    `It was made with a ${header.secretKind}; nothing else opens it.`,
  );
}

const seeBackups = "See the backups in BACKUP_DIR (default: data/backups).";

/** Without waiting for the other end of a named pipe. */
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
