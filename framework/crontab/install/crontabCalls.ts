import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { askRoot, type CrontabAnswer, hasRootsCrontab } from "../../catalog/rootsCrontab";
import { environmentWith } from "../../config/config";
import { LajuError } from "../../config/errors";
import { crontabProgram } from "../../host/crontabProgram";

/** Whose crontab to access (default: the caller's), and with which program (default: `crontab`). */
export interface CrontabAccess {
  user?: string;
  program?: string;
}

interface CallOptions {
  stdin?: number;
  env?: Record<string, string>;
}

/** Calls crontab(1) with LC_ALL=C, so that messages are in English. */
export function callCrontab(access: CrontabAccess, args: string[], options: CallOptions = {}): CrontabAnswer {
  const { program = "crontab" } = access;
  if (needsRoot(access, args)) {
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

/** Whether this call must be made as root. Printing the version (-V) and checking a table (-T) don't need root. */
function needsRoot({ program }: CrontabAccess, [first]: string[]): boolean {
  return hasRootsCrontab() && program === undefined && first !== "-V" && first !== "-T";
}

/** The arguments that select the user's crontab. Throws if the caller is not allowed to change it. */
export function userArgs(access: CrontabAccess): string[] {
  const { user } = access;
  if (user === undefined) return ownArgs(access);
  if (process.geteuid?.() === 0) return ["-u", user];
  const own = userInfo().username;
  // Root installed the crontab for this user with --user, and the user now reads it directly.
  if (user === own) return ownArgs(access);
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

/** Without LOGNAME in the environment, as in containers, bcron's crontab does not know whose crontab to use. */
function ownArgs(access: CrontabAccess): string[] {
  return isBcron(access) && !hasRootsCrontab() ? ["-u", userInfo().username] : [];
}

/**
 * Calls `use` with the path of a private temporary file that contains these bytes, and with an open descriptor of the
 * file.
 */
export function withFile<T>(text: Buffer, use: (file: string, fd: number) => T): T {
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

/** The error message of a failed call. */
export function errorOf({ stderr, status, signal }: CrontabAnswer): string {
  const words = stderr.toString().trim();
  return (
    // systemd-cron's crontab is a Python program. If it fails, its message is the last line of the traceback.
    (words.startsWith("Traceback") ? words.split("\n").at(-1) : words) ||
    (signal ? `it was terminated by ${signal}` : `it exited with status ${status}`)
  );
}

export function cannotRead(reason: string): LajuError {
  return new LajuError(`the crontab cannot be read: ${reason}`, {
    code: "E_CRONTAB_READ",
    hint: reason.includes("must be suid")
      ? "On Alpine, `apk add busybox-suid` lets every user have a crontab. Or run this as root, who is allowed to change yours."
      : "Nothing was changed. `crontab -l` must work first; see cron.allow and cron.deny in crontab(1).",
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

/** Whether the crontab program is bcron's, which takes different arguments from all others. */
export function isBcron({ program }: CrontabAccess): boolean {
  return crontabProgram(program)?.cron === "bcron";
}
