import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { askRoot, type CrontabAnswer, hasRootsCrontab } from "../../catalog/rootsCrontab";
import { environmentWith } from "../../config/config";
import { LajuError } from "../../config/errors";
import { crontabProgram } from "../../host/crontabProgram";
import { escapedReturns, hiddenHeader, withoutHeader } from "../text/listing";

/** Whose crontab, and through which program: by default the caller's, through `crontab`. */
export interface CrontabAccess {
  user?: string;
  program?: string;
}

/** The crontab's bytes; empty, with `exists` false, if there is none yet. Throws if in doubt. */
export function readCrontab(access: CrontabAccess): { text: Buffer; exists: boolean } {
  const listed = list(access);
  if (listed === undefined) return { text: Buffer.alloc(0), exists: false };
  if (listed.includes("\\r") && showsReturns(access)) refuseReturns(listed, access);
  return { text: listed, exists: true };
}

/** Reads each crontab only once, because each read starts a program. For code that only reads. */
export function readingOnce(): typeof readCrontab {
  const seen = new Map<string, ReturnType<typeof readCrontab>>();
  return (access) => {
    const whose = JSON.stringify([access.user, access.program]);
    const read = seen.get(whose) ?? readCrontab(access);
    seen.set(whose, read);
    return read;
  };
}

/** Lets the system's crontab check a table without installing it, if it supports that. */
export function dryRunCrontab(text: Buffer, access: CrontabAccess): void {
  const way = crontabProgram(access.program)?.dryRun;
  if (way === undefined) return;
  // Debian's dry run is -n; cronie's -n sets the host of a cluster, and -T is its dry run.
  const result = withFile(text, (file, fd) =>
    way === "-T" ? run(access, ["-T", file]) : run(access, [...userArgs(access), "-n", "-"], { stdin: fd }),
  );
  if (result.status === 0 || /(invalid|unrecognized|illegal|unknown) option/.test(said(result))) return;
  throw new LajuError(`crontab rejects the new table: ${said(result)}`, {
    code: "E_CRONTAB_REFUSED",
    hint: "Nothing was changed. crontab counts lines from 0 or 1; fix the line with `crontab -e`.",
  });
}

/** Installs a table, and verifies that the system now has it. */
export function writeCrontab(text: Buffer, access: CrontabAccess): void {
  // From a complete file: if the writer of a pipe died, crontab would install a partial table.
  const result = withFile(text, (_, fd) => run(access, [...userArgs(access), "-"], { stdin: fd }));
  if (result.status !== 0) {
    throw new LajuError(`crontab could not install the new table: ${said(result)}`, {
      code: "E_CRONTAB_WRITE",
      hint: "Look at the current table with `crontab -l`; the previous one is in data/crontab.bak.",
    });
  }
  if (list(access)?.equals(text)) return;
  throw new LajuError("the crontab is not what was installed: something else changed it at the same time", {
    code: "E_CRONTAB_CHANGED",
    hint: "Compare `crontab -l` with data/crontab.bak, then install again.",
  });
}

/** The complete output of `crontab -l`; undefined if it says that there is no crontab. */
function list(access: CrontabAccess): Buffer | undefined {
  const args = [...userArgs(access), "-l"];
  const whole = run(access, args, { env: { CRONTAB_NOHEADER: "N" } });
  if (whole.status !== 0) {
    if (whole.stdout.length === 0 && meansNoCrontab(said(whole), access)) return undefined;
    throw cannotRead(said(whole));
  }
  // Debian hides its own three header lines, or up to three comments of a table that was installed by hand.
  if (!hiddenHeader(whole.stdout)) return whole.stdout;
  const usual = run(access, args, { env: { CRONTAB_NOHEADER: "Y" } });
  if (usual.status !== 0) throw cannotRead(said(usual));
  return withoutHeader(whole.stdout, usual.stdout);
}

/** Whether this message means that the user has no crontab yet. Each program has its own, and only its own counts. */
function meansNoCrontab(words: string, access: CrontabAccess): boolean {
  if (/^(crontab: )?no crontab for [^\n]+$/.test(words)) return true;
  const cron = crontabProgram(access.program)?.cron;
  if (cron === "busybox") return /^crontab: can't open '[^'\n/]+': No such file or directory$/.test(words);
  return cron === "bcron" && /^bcrontab: (Fatal: )?Crontab does not exist$/.test(words);
}

/** Whether it shows carriage returns as `\r`. The programs named here list a table unchanged. */
function showsReturns(access: CrontabAccess): boolean {
  const cron = crontabProgram(access.program)?.cron;
  return cron !== "busybox" && cron !== "systemd-cron" && cron !== "bcron";
}

/**
 * Debian's `crontab -l` shows a carriage return as `\r`, just like a backslash and an r. `crontab -e` gives the editor the
 * exact bytes, and `cat` as the editor changes nothing.
 */
function refuseReturns(listed: Buffer, access: CrontabAccess): void {
  const edit = run(access, [...userArgs(access), "-e"], { env: { VISUAL: "cat", EDITOR: "cat" } });
  const shown = escapedReturns(edit.stdout);
  const head = listed.subarray(0, Math.max(0, listed.length - shown.length));
  const isKnown = edit.status === 0 && listed.subarray(head.length).equals(shown) && !head.includes("\\r");
  if (isKnown && !edit.stdout.includes("\r")) return;
  throw new LajuError(
    isKnown
      ? "the crontab has carriage returns (CRLF line endings), which `crontab -l` does not show as they are"
      : "the crontab has `\\r` in it, which may or may not be a carriage return",
    { code: "E_CRONTAB_RETURNS", hint: "Remove it with `crontab -e` first. Nothing was changed." },
  );
}

interface RunOptions {
  stdin?: number;
  env?: Record<string, string>;
}

/** With LC_ALL=C, so that messages are in English. */
function run(access: CrontabAccess, args: string[], options: RunOptions = {}): CrontabAnswer {
  const { program = "crontab" } = access;
  if (isRoots(access, args)) {
    const answer = askRoot(args, { stdin: options.stdin, header: options.env?.CRONTAB_NOHEADER });
    if (answer.error) throw notStarted(program, answer.error);
    return answer;
  }
  const result = spawnSync(program, args, {
    env: environmentWith({ LC_ALL: "C", ...options.env }),
    stdio: [options.stdin ?? "ignore", "pipe", "pipe"],
    maxBuffer: 256 * 1024 * 1024,
  });
  if (result.error) throw notStarted(program, result.error);
  return result;
}

/** Whether root must run this: anything that touches a crontab. Its version, and checking a table, work for everyone. */
function isRoots({ program }: CrontabAccess, [first]: string[]): boolean {
  return hasRootsCrontab() && program === undefined && first !== "-V" && first !== "-T";
}

function userArgs({ user }: CrontabAccess): string[] {
  if (user === undefined) return [];
  if (process.geteuid?.() === 0) return ["-u", user];
  // Root installed it for this user, who is reading it now.
  const own = userInfo().username;
  if (user === own) return [];
  if (hasRootsCrontab()) {
    throw new LajuError(`this app belongs to ${own}, and so do its crontab entries`, {
      code: "E_USAGE",
      exitStatus: 2,
      hint: `Leave out --user, or give the app's data folder to ${user} (chown -R).`,
    });
  }
  throw new LajuError(`only root can change the crontab of ${user}`, {
    code: "E_USAGE",
    exitStatus: 2,
    hint: `Run this as ${user} without --user, or as root.`,
  });
}

/** A private file with these bytes, and a descriptor that reads it. */
function withFile<T>(text: Buffer, use: (file: string, fd: number) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "laju-crontab-"));
  try {
    const file = join(folder, "new");
    writeFileSync(file, text, { mode: 0o600 });
    const fd = openSync(file, "r");
    try {
      return use(file, fd);
    } finally {
      closeSync(fd);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function said({ stderr, status, signal }: CrontabAnswer): string {
  return (
    stderr.toString().trim() ||
    (signal ? `it was terminated by ${signal}` : `it exited with status ${status}`)
  );
}

function cannotRead(reason: string): LajuError {
  return new LajuError(`the crontab cannot be read: ${reason}`, {
    code: "E_CRONTAB_READ",
    hint: "Nothing was changed. `crontab -l` must work first; see cron.allow and cron.deny in crontab(1).",
  });
}

function notStarted(program: string, cause: NodeJS.ErrnoException): LajuError {
  if (cause.code !== "ENOENT") return cannotRead(cause.message);
  return new LajuError(`${program} is not installed on this machine`, {
    code: "E_CRONTAB_MISSING",
    hint: "Install cron: `apt-get install cron` on Debian and Ubuntu, `dnf install cronie` on Fedora, `apk add busybox-suid` on Alpine.",
    cause,
  });
}
