import { execFile } from "node:child_process";
import { accessSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { compiled } from "./compiled";
import { recordBcron } from "./recorded/bcron";
import { runStarted } from "./recorded/runStarted";
import { recordSystemdCron } from "./recorded/systemdCron";
import type { Started, VirtualRun, VirtualTime } from "./virtualTime";

const here = import.meta.dirname;
/** For each CPU, how many daemons run on it: see VC_LANE in vclock.c. */
const lanes = Array.from({ length: availableParallelism() }, () => 0);

/** What this machine lacks for running the daemon on a virtual clock; empty if it can run. */
export function missingForVirtualCron(): string[] {
  const missing: string[] = [];
  if (process.getuid?.() !== 0) missing.push("root");
  for (const program of ["gcc", "cron", "crontab", "unshare"]) {
    if (!isOnPath(program)) missing.push(program);
  }
  if (!existsSync("/etc/debian_version")) missing.push("Debian's cron");
  return missing;
}

/** Records what the daemon would start, without running it. */
export async function recordVirtualCron(run: VirtualRun): Promise<Started[]> {
  const { table, daemon, ...time } = run;
  if (daemon?.cron === "bcron") return await recordBcron(daemon.path, run);
  if (daemon?.cron === "systemd-cron") return await recordSystemdCron(daemon.path, run);
  const [started = []] = await recordVirtualCrons([table], { daemon, ...time });
  return started;
}

/**
 * Does the same for several tables, each with its own daemon. The daemons run at the same time, because starting one
 * can take longer than the virtual period that it is tested for.
 */
export async function recordVirtualCrons(tables: readonly string[], time: VirtualTime): Promise<Started[][]> {
  const logs = await runDaemons(tables, time, {});
  return logs.map((log) =>
    linesOf(log).map((line) => {
      const tab = line.indexOf("\t");
      return { at: Number(line.slice(0, tab)), command: line.slice(tab + 1) };
    }),
  );
}

/** Runs the jobs that the daemon starts, on the virtual clock. Returns the lines that they wrote to "$VC_LOG". */
export async function runVirtualCron(run: VirtualRun): Promise<string[]> {
  const { table, ...time } = run;
  const jobs = compiled("jobclock.c", "-shared", "-fPIC");
  if (run.daemon !== undefined && run.daemon.cron !== "busybox") {
    return await runStarted(await recordVirtualCron(run), jobs);
  }
  return linesOf((await runDaemons([table], time, { VC_JOBS: jobs }))[0] as Buffer);
}

/**
 * Runs the jobs that the daemon starts. They see the real time, and can be static programs. Returns the contents of
 * "$VC_LOG".
 */
export async function runVirtualJobs({ table, ...time }: VirtualRun): Promise<Buffer> {
  return (await runDaemons([table], time, { VC_JOBS: "" }))[0] as Buffer;
}

async function runDaemons(
  tables: readonly string[],
  time: VirtualTime,
  extra: NodeJS.ProcessEnv,
): Promise<Buffer[]> {
  const directory = mkdtempSync(join(tmpdir(), "virtual-cron-"));
  const lane = lanes.indexOf(Math.min(...lanes));
  lanes[lane] += 1;
  try {
    for (const [index, table] of tables.entries()) {
      writeFileSync(join(directory, `table${index}`), table.endsWith("\n") ? table : `${table}\n`);
      writeFileSync(join(directory, `log${index}`), "");
    }
    const [script, ...words] = daemonOf(time);
    await promisify(execFile)(join(here, script as string), [directory, ...words], {
      env: {
        PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
        TZ: time.timezone,
        VC_START: String(time.from.getTime() / 1000),
        VC_END: String(time.to.getTime() / 1000),
        VC_LANE: String(lane),
        VC_JUMPS: (time.jumps ?? []).map((jump) => jump.join(":")).join(","),
        ...extra,
      },
    });
    return tables.map((_, index) => readFileSync(join(directory, `log${index}`)));
  } finally {
    lanes[lane] -= 1;
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * The script that starts the daemon, and its arguments. BusyBox is a static program, into which no library can be
 * preloaded.
 */
function daemonOf({ daemon }: VirtualTime): string[] {
  if (daemon === undefined) return ["virtual-cron.sh", compiled("vclock.c", "-shared", "-fPIC")];
  return ["virtual-busybox.sh", compiled("tracedclock.c"), compiled("jobshell.c"), daemon.path];
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
      // The library is not in this folder; try the next one.
      return false;
    }
  });
}
