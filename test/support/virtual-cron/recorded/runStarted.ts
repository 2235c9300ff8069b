import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shellQuote } from "../../../../framework/text/shellQuote";
import type { Started } from "../virtualTime";

/**
 * Runs commands at the virtual times at which a daemon would have started them. Returns the lines that they wrote to
 * "$VC_LOG".
 */
export async function runStarted(started: readonly Started[], jobs: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "virtual-jobs-"));
  try {
    const log = join(folder, "log");
    // Run only commands with a guard. Starting a shell takes most of the time, and the result of the others is known.
    const [plain, guarded] = [started.filter(isPlain), started.filter((one) => !isPlain(one))];
    const scripts = guarded.map(
      ({ at, command }) => `VC_NOW=${at} LD_PRELOAD=${jobs} /bin/sh -c ${shellQuote(command)}\n`,
    );
    writeFileSync(log, plain.map(lineOf).join(""));
    writeFileSync(join(folder, "jobs"), scripts.join(""));
    await ended(folder, log);
    return readFileSync(log, "utf8").split("\n").slice(0, -1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Matches a command without a guard or delay, as entryChecks.ts writes it. */
const plainCommand = /^slept=0; echo "(\d+) \$VC_NOW \$slept" >> "\$VC_LOG"$/;

function isPlain({ command }: Started): boolean {
  return plainCommand.test(command);
}

function lineOf({ at, command }: Started): string {
  return `${command.replace(plainCommand, `$1 ${at} 0`)}\n`;
}

/** Runs the commands without TZ, as the daemon would. */
function ended(folder: string, log: string): Promise<void> {
  const shell = spawn("/bin/sh", [join(folder, "jobs")], {
    env: { PATH: "/usr/bin:/bin", HOME: "/root", LOGNAME: "root", VC_LOG: log },
    stdio: ["ignore", "ignore", "inherit"],
  });
  return new Promise((resolve, reject) => {
    shell.once("error", reject);
    shell.once("exit", () => resolve());
  });
}
