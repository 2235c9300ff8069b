import { readBuiltCommands } from "../catalog/catalog";
import { endIncidentsOfOthers } from "../catalog/endIncidents";
import { logFileOf, monitorLog } from "../catalog/logFile";
import { logLimits, settings } from "../config/config";
import { installedEnvironment } from "../crontab/install/installedOptions";
import { expectedCommands } from "../crontab/install/needs";
import { daemonQuirks } from "../host/daemonQuirks";
import { hostClock } from "../host/hostClock";
import { pruneRuns } from "../runs/ledger/prune";
import { rotateLogs } from "../runs/logs/rotateLogs";
import { sendNotices } from "../runs/notices/sendNotices";
import { findTrouble, forgetUnexpected } from "./findIncidents";
import { findHostTrouble } from "./hostIncidents";
import { closeJobIncidents } from "./jobIncidents";
import type { MonitorReport } from "./monitorReport";
import { noticeSubjects } from "./noticeSubjects";

const dayMs = 86_400_000;
const sendingMs = 120_000;
const pruningMs = 30_000;

/** Runs one pass of the monitor. If one part fails, the others still run. */
export async function monitor(): Promise<MonitorReport> {
  const report: MonitorReport = { news: [], failures: [] };
  const part = async (what: string, work: () => string[] | Promise<string[]>) => {
    try {
      report.news.push(...(await work()));
    } catch (error) {
      report.failures.push(`${what}: ${error.message}`);
    }
  };
  await part("Could not check the runs", checkRuns);
  await part("Could not check this host", () => findHostTrouble(report, Date.now()));
  await part("Could not check the queue's incidents", () => closeJobIncidents(Date.now()));
  await part("Could not send notices", () => sendPending(report));
  await part("Could not prune the ledger", prune);
  await part("Could not rotate logs", rotate);
  return report;
}

async function checkRuns(): Promise<string[]> {
  const expected = expectedCommands();
  forgetUnexpected(expected);
  const commands = readBuiltCommands();
  const clock = { ...hostClock(), quirks: daemonQuirks() };
  const ended = endIncidentsOfOthers(commands, installedEnvironment({}), clock.now.getTime());
  return [...(await findTrouble(expected, commands, clock)), ...ended];
}

async function sendPending(report: MonitorReport): Promise<string[]> {
  const { sent, failed } = await sendNotices(noticeSubjects(), { until: Date.now() + sendingMs });
  report.failures.push(
    ...failed.map(({ notice, error }) => `Could not send a notice about ${notice.name}: ${error}`),
  );
  return sent.map(({ name, event }) => `Sent a notice about ${name}: ${event}`);
}

function prune(): string[] {
  const now = Date.now();
  const count = pruneRuns(now - settings().runsKeepDays * dayMs, now + pruningMs);
  return count === 0 ? [] : [`Deleted ${count} old ${count === 1 ? "run" : "runs"} from the ledger`];
}

function rotate(): string[] {
  const files = [...new Set(readBuiltCommands().map((command) => logFileOf(command)))];
  const rotated = rotateLogs([...files, monitorLog()], logLimits());
  return rotated.map((file) => `Rotated ${file}`);
}
