import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { bcronLibraries } from "../../crontab/otherCrons";
import { compiled } from "../compiled";
import type { Started, VirtualRun } from "../virtualTime";

/** What bcron's scheduler asks another program to start, on the virtual clock. */
export async function recordBcron(
  scheduler: string,
  { table, timezone, from, to, jumps = [] }: VirtualRun,
): Promise<Started[]> {
  const spool = mkdtempSync(join(tmpdir(), "virtual-bcron-"));
  try {
    mkdirSync(join(spool, "crontabs"));
    writeFileSync(join(spool, "crontabs", "root"), table.endsWith("\n") ? table : `${table}\n`);
    await promisify(execFile)("mkfifo", [join(spool, "trigger")]);
    const writes = join(spool, "writes");
    await promisify(execFile)(compiled("tracedclock.c"), [scheduler], {
      env: {
        TZ: timezone,
        BCRON_SPOOL: spool,
        LD_LIBRARY_PATH: bcronLibraries,
        VC_START: String(from.getTime() / 1000),
        VC_END: String(to.getTime() / 1000),
        VC_JUMPS: jumps.map((jump) => jump.join(":")).join(","),
        VC_WRITES: writes,
      },
      maxBuffer: 64 * 1024 * 1024,
    });
    return startsIn(readFileSync(writes));
  } finally {
    rmSync(spool, { recursive: true, force: true });
  }
}

/** Each write of the scheduler is a packet: `length:id NUL user NUL command NUL environment,`. */
function startsIn(writes: Buffer): Started[] {
  const started: Started[] = [];
  for (let at = 0; at < writes.length; ) {
    const end = writes.indexOf("\n", at);
    const [second = 0, size = 0] = writes.subarray(at, end).toString().split("\t").map(Number);
    const [, , command = ""] = writes
      .subarray(end + 1, end + 1 + size)
      .toString()
      .split("\0");
    started.push({ at: second, command });
    at = end + size + 2;
  }
  return started;
}
