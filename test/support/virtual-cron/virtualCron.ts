import { execFile } from "node:child_process";
import { accessSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { compiled } from "./compiled";

const here = import.meta.dirname;
/** How many daemons run on each processor: see VC_LANE of vclock.c. */
const lanes = Array.from({ length: availableParallelism() }, () => 0);

/** One job that the daemon started: seconds since the epoch, and the line's command. */
export interface Started {
  readonly at: number;
  readonly command: string;
}

export interface VirtualRun {
  /** root's crontab, whole. */
  readonly table: string;
  readonly timezone: string;
  readonly from: Date;
  readonly to: Date;
  /** Steps of the clock, as [seconds since the epoch, seconds to add]. */
  readonly jumps?: readonly (readonly [number, number])[];
}

/** What the virtual daemon needs and this machine lacks; empty where it can run. */
export function missingForVirtualCron(): string[] {
  const missing: string[] = [];
  if (process.getuid?.() !== 0) missing.push("root");
  for (const program of ["gcc", "cron", "crontab", "unshare"]) {
    if (!isOnPath(program)) missing.push(program);
  }
  if (!existsSync("/etc/debian_version")) missing.push("Debian's cron");
  return missing;
}

/** Starts nothing of the table: only notes when the daemon would have. */
export async function recordVirtualCron(run: VirtualRun): Promise<Started[]> {
  const log = await runDaemon(run, {});
  return linesOf(log).map((line) => {
    const tab = line.indexOf("\t");
    return { at: Number(line.slice(0, tab)), command: line.slice(tab + 1) };
  });
}

/** Really runs the jobs, under the virtual time. Gives the lines that they wrote to "$VC_LOG". */
export async function runVirtualCron(run: VirtualRun): Promise<string[]> {
  return linesOf(await runDaemon(run, { VC_JOBS: compiled("jobclock.c", "-shared", "-fPIC") }));
}

/** Really runs the jobs, which see the real time and may be static programs. Gives "$VC_LOG". */
export function runVirtualJobs(run: VirtualRun): Promise<Buffer> {
  return runDaemon(run, { VC_JOBS: "" });
}

async function runDaemon(run: VirtualRun, extra: NodeJS.ProcessEnv): Promise<Buffer> {
  const directory = mkdtempSync(join(tmpdir(), "virtual-cron-"));
  const log = join(directory, "log");
  const clock = compiled("vclock.c", "-shared", "-fPIC");
  const lane = lanes.indexOf(Math.min(...lanes));
  lanes[lane] += 1;
  try {
    writeFileSync(join(directory, "table"), run.table.endsWith("\n") ? run.table : `${run.table}\n`);
    writeFileSync(log, "");
    await promisify(execFile)(join(here, "virtual-cron.sh"), [directory, clock], {
      env: {
        PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
        TZ: run.timezone,
        VC_START: String(run.from.getTime() / 1000),
        VC_END: String(run.to.getTime() / 1000),
        VC_LOG: log,
        VC_LANE: String(lane),
        VC_JUMPS: (run.jumps ?? []).map((jump) => jump.join(":")).join(","),
        ...extra,
      },
    });
    return readFileSync(log);
  } finally {
    lanes[lane] -= 1;
    rmSync(directory, { recursive: true, force: true });
  }
}

function linesOf(log: Buffer): string[] {
  return log.toString().split("\n").slice(0, -1);
}

function isOnPath(program: string): boolean {
  return ["/usr/sbin", "/usr/bin", "/sbin", "/bin"].some((directory) => {
    try {
      accessSync(join(directory, program));
      return true;
    } catch {
      // Not here; perhaps in the next directory.
      return false;
    }
  });
}
