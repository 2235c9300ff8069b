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
  isBcron,
  said,
  userArgs,
  withFile,
} from "./crontabCalls";

/** The crontab's bytes; empty, with `exists` false, if there is none yet. Throws if in doubt. */
export function readCrontab(access: CrontabAccess): { text: Buffer; exists: boolean } {
  const listed = list(access);
  if (listed === undefined) return { text: Buffer.alloc(0), exists: false };
  if (listed.includes("\\r") && showsReturns(access)) refuseReturns(listed, access);
  refuseHiddenReturns(access);
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
    way === "-T"
      ? callCrontab(access, ["-T", file])
      : callCrontab(access, [...userArgs(access), "-n", "-"], { stdin: fd }),
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
  // bcron's doesn't know `-`.
  const file = isBcron(access) ? "/dev/stdin" : "-";
  const result = withFile(text, (_, fd) => callCrontab(access, [...userArgs(access), file], { stdin: fd }));
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
  const whole = callCrontab(access, args, { env: { CRONTAB_NOHEADER: "N" } });
  if (whole.status !== 0) {
    if (whole.stdout.length === 0 && meansNoCrontab(said(whole), access)) return undefined;
    throw cannotRead(said(whole));
  }
  // Debian hides its own three header lines, or up to three comments of a table that was installed by hand.
  if (!hiddenHeader(whole.stdout)) return whole.stdout;
  const usual = callCrontab(access, args, { env: { CRONTAB_NOHEADER: "Y" } });
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

/** Whether it shows carriage returns as `\r`. The programs named here do not. */
function showsReturns(access: CrontabAccess): boolean {
  const cron = crontabProgram(access.program)?.cron;
  return cron !== "busybox" && cron !== "systemd-cron" && cron !== "bcron";
}

/** systemd-cron's lists a carriage return as a newline, so that listing and installing would lose it. */
function refuseHiddenReturns(access: CrontabAccess): void {
  if (crontabProgram(access.program)?.cron !== "systemd-cron") return;
  if (hasRootsCrontab()) {
    if (askRoot(["has returns"], {}).status === 0) refuseKnownReturns();
    return;
  }
  const spool = `/var/spool/cron/crontabs/${access.user ?? userInfo().username}`;
  // Only root may look. For other users, a helper lists the table unchanged.
  if (process.geteuid?.() === 0 && existsSync(spool) && readFileSync(spool).includes("\r"))
    refuseKnownReturns();
}

/**
 * Debian's `crontab -l` shows a carriage return as `\r`, just like a backslash and an r. `crontab -e` gives the editor the
 * exact bytes, and `cat` as the editor changes nothing.
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
    hint: "Remove it with `crontab -e` first. Nothing was changed.",
  });
}
