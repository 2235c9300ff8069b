import { existsSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { askRoot, hasRootsCrontab } from "../../catalog/rootsCrontab";
import { LajuError } from "../../config/errors";
import { crontabProgram } from "../../host/crontabProgram";
import { escapedReturns, hiddenHeader, withoutHeader } from "../text/listing";
import {
  type CrontabAccess,
  callCrontab,
  cannotRead,
  errorOf,
  isBcron,
  userArgs,
  withFile,
} from "./crontabCalls";

/** The crontab's bytes, empty if there is none yet. Throws if it cannot be read byte for byte. */
export function readCrontab(access: CrontabAccess): { text: Buffer; exists: boolean } {
  const listed = list(access);
  if (listed === undefined) return { text: Buffer.alloc(0), exists: false };
  if (listed.includes("\\r") && showsReturns(access)) refuseReturns(listed, access);
  refuseHiddenReturns(access);
  return { text: listed, exists: true };
}

/** Reads each crontab only once, because every read starts a process. For code that only reads. */
export function readingOnce(): typeof readCrontab {
  const seen = new Map<string, ReturnType<typeof readCrontab>>();
  return (access) => {
    const whose = JSON.stringify([access.user, access.program]);
    const read = seen.get(whose) ?? readCrontab(access);
    seen.set(whose, read);
    return read;
  };
}

/** Has crontab(1) check a table without installing it, if this crontab supports that. */
export function dryRunCrontab(text: Buffer, access: CrontabAccess): void {
  const way = crontabProgram(access.program)?.dryRun;
  if (way === undefined) return;
  // Debian's dry run is -n and cronie's is -T. In cronie, -n sets the host of a cluster.
  const result = withFile(text, (file, fd) =>
    way === "-T"
      ? callCrontab(access, ["-T", file])
      : callCrontab(access, [...userArgs(access), "-n", "-"], { stdin: fd }),
  );
  if (result.status === 0 || /(invalid|unrecognized|illegal|unknown) option/.test(errorOf(result))) return;
  throw new LajuError(`crontab rejects the new table: ${errorOf(result)}`, {
    code: "E_CRONTAB_REFUSED",
    hint: "Nothing was changed. Fix the line with `crontab -e`. Depending on the cron, the first line has the number 0 or 1.",
  });
}

/** Installs a table, then reads it back to verify it. */
export function writeCrontab(text: Buffer, access: CrontabAccess): void {
  // Use a complete file instead of a pipe: if the writer of a pipe died, crontab would install a partial table. bcron's
  // crontab doesn't support `-`.
  const file = isBcron(access) ? "/dev/stdin" : "-";
  const result = withFile(text, (_, fd) => callCrontab(access, [...userArgs(access), file], { stdin: fd }));
  if (result.status !== 0) {
    throw new LajuError(`crontab could not install the new table: ${errorOf(result)}`, {
      code: "E_CRONTAB_WRITE",
      hint: "Look at the current table with `crontab -l`. The previous table is in data/crontab.bak.",
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
  const whole = callCrontab(access, args, { env: { CRONTAB_NOHEADER: "N" } });
  if (whole.status !== 0) {
    if (whole.stdout.length === 0 && meansNoCrontab(errorOf(whole), access)) return undefined;
    throw cannotRead(errorOf(whole));
  }
  // Debian's `crontab -l` hides its own three header lines or, in a table that was installed by hand, up to three
  // comments.
  const header = hiddenHeader(whole.stdout);
  if (header === 0) return whole.stdout;
  // Debian's crontab writes such a header to every table, so the header is never the user's.
  if (crontabProgram(access.program)?.cron === "debian") return whole.stdout.subarray(header);
  const usual = callCrontab(access, args, { env: { CRONTAB_NOHEADER: "Y" } });
  if (usual.status !== 0) throw cannotRead(errorOf(usual));
  return withoutHeader(whole.stdout, usual.stdout);
}

/** Whether this program's message means that the user has no crontab yet. */
function meansNoCrontab(words: string, access: CrontabAccess): boolean {
  if (/^(crontab: )?no crontab for [^\n]+$/.test(words)) return true;
  const cron = crontabProgram(access.program)?.cron;
  if (cron === "busybox") return /^crontab: can't open '[^'\n/]+': No such file or directory$/.test(words);
  return cron === "bcron" && /^bcrontab: (Fatal: )?Crontab does not exist$/.test(words);
}

/** Whether `crontab -l` may show carriage returns as `\r`. */
function showsReturns(access: CrontabAccess): boolean {
  const cron = crontabProgram(access.program)?.cron;
  return cron !== "busybox" && cron !== "systemd-cron" && cron !== "bcron";
}

/** systemd-cron's `crontab -l` shows carriage returns as newlines, so installing the listed table would lose them. */
function refuseHiddenReturns(access: CrontabAccess): void {
  if (crontabProgram(access.program)?.cron !== "systemd-cron") return;
  if (hasRootsCrontab()) {
    if (askRoot(["has returns"], {}).status === 0) refuseKnownReturns();
    return;
  }
  const spool = `/var/spool/cron/crontabs/${access.user ?? userInfo().username}`;
  // Only root can read the file. For other users, crontab's setuid helper lists the table unchanged.
  if (process.geteuid?.() === 0 && existsSync(spool) && readFileSync(spool).includes("\r"))
    refuseKnownReturns();
}

/**
 * Debian's `crontab -l` shows a carriage return as `\r`, which looks the same as a backslash and an r. To distinguish
 * them, reads the exact bytes through `crontab -e` with `cat` as the editor, which leaves the table unchanged.
 */
function refuseReturns(listed: Buffer, access: CrontabAccess): void {
  const edit = callCrontab(access, [...userArgs(access), "-e"], { env: { VISUAL: "cat", EDITOR: "cat" } });
  const shown = escapedReturns(edit.stdout);
  const head = listed.subarray(0, Math.max(0, listed.length - shown.length));
  const isKnown = edit.status === 0 && listed.subarray(head.length).equals(shown) && !head.includes("\\r");
  if (isKnown && !edit.stdout.includes("\r")) return;
  if (isKnown) refuseKnownReturns();
  throw returnsError("the crontab has `\\r` in it, which may or may not be a carriage return");
}

function refuseKnownReturns(): never {
  throw returnsError(
    "the crontab has carriage returns (CRLF line endings), which `crontab -l` does not show as they are",
  );
}

function returnsError(message: string): LajuError {
  return new LajuError(message, {
    code: "E_CRONTAB_RETURNS",
    hint: "Nothing was changed. Remove the carriage returns with `crontab -e` first.",
  });
}
