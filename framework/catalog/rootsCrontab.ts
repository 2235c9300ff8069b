import { readFileSync, readSync, writeSync } from "node:fs";
import { crontabSocket } from "../config/launch";

/** The result of calling crontab(1). */
export interface CrontabAnswer {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: Buffer;
  stderr: Buffer;
  error?: NodeJS.ErrnoException;
}

/**
 * Whether root started laju in another user's app. This process then runs as the app's user, and a parent process that
 * is still root calls crontab(1) for it (runtime/crontabParent.cjs).
 */
export function hasRootsCrontab(): boolean {
  return crontabSocket() !== undefined;
}

/** The request for blocks in other users' crontabs. The root process answers it without calling crontab(1). */
const othersBlocks = "others' blocks";

/** Asks the root process to call crontab(1), and waits for the result. */
export function askRoot(
  args: string[],
  { stdin, header }: { stdin?: number | undefined; header?: string | undefined },
) {
  const table = stdin === undefined ? Buffer.alloc(0) : readFileSync(stdin);
  const request = { way: args.join(" "), header, length: table.length };
  const socket = crontabSocket() as number;
  writeToSocket(socket, Buffer.concat([Buffer.from(`${JSON.stringify(request)}\n`), table]));
  return answerOf(JSON.parse(readLine(socket)));
}

/** The BEGIN markers that other users' crontabs contain for folders of this user. */
export function askRootForBlocks(): { user: string; line: string }[] {
  const { status, stdout } = askRoot([othersBlocks], {});
  if (status !== 0) return [];
  const lines = stdout.toString("latin1").split("\n").filter(Boolean);
  return lines.map((line) => ({
    user: line.slice(0, line.indexOf(" ")),
    line: line.slice(line.indexOf(" ") + 1),
  }));
}

function answerOf(said: Record<string, string>): CrontabAnswer {
  const { status, signal, stdout = "", stderr = "", error, code } = said;
  return {
    status: status === undefined ? null : Number(status),
    signal: (signal ?? null) as NodeJS.Signals | null,
    stdout: Buffer.from(stdout, "base64"),
    stderr: Buffer.from(stderr, "base64"),
    ...(error !== undefined && { error: Object.assign(new Error(error), { code }) }),
  };
}

function writeToSocket(socket: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(socket, bytes, written);
}

function readLine(socket: number): string {
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.alloc(64 * 1024);
    const length = readSync(socket, chunk, 0, chunk.length, null);
    if (length === 0) throw new Error("the root process, which calls crontab, has exited");
    chunks.push(chunk.subarray(0, length));
    if (chunk[length - 1] === 10) return Buffer.concat(chunks).toString();
  }
}
