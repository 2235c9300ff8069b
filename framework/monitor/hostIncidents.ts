import { notices } from "../doctor/app/notices";
import type { CheckResult } from "../doctor/check";
import { checkContext } from "../doctor/checkContext";
import { runLocalChecks } from "../doctor/localChecks";
import { askStores, hasStores } from "../doctor/stores";
import { sentence } from "../doctor/troubleText";
import { readInstallation } from "../host/installation";
import { closeIncidents, openIncident, openIncidents } from "../runs/ledger/incidents";
import { forgetDirectNotices, notifyDirectly } from "../runs/notices/notifyDirectly";
import type { MonitorReport } from "./monitorReport";

/** No command can have a name with this prefix. */
const prefix = "host: ";

/**
 * How long to wait before checking an unavailable server a second time, in milliseconds, because it may just have been
 * slow for a moment.
 */
const secondChanceMs = 1_000;

/**
 * Opens an incident for each problem that keeps commands from running on this host, and closes the incidents that are
 * over. Returns a sentence about each change. Undeliverable notices get no incident: a notice about them could not be
 * delivered either, and they already make the monitor fail. If the ledger cannot be written, sends notices without it
 * and rethrows the error.
 */
export async function findHostTrouble(report: MonitorReport, now: number): Promise<string[]> {
  const local = runLocalChecks(checkContext(undefined), [notices.name, ...checksOfInstallation()]);
  const findings = [...local, ...(await storeFindings())];
  try {
    const news = changesBy(findings, now);
    forgetDirectNotices();
    return news;
  } catch (error) {
    const bad = findings.filter(({ state }) => state === "bad").map(({ message }) => sentence(message));
    const { sent, failed } = await notifyDirectly(bad, now);
    report.news.push(...sent);
    report.failures.push(...failed);
    throw error;
  }
}

/** Checks to skip if crontab:install was never used, because systemd or a cluster may start the commands. */
function checksOfInstallation(): string[] {
  return readInstallation() === undefined ? ["cron daemon", "crontab"] : [];
}

async function storeFindings(): Promise<CheckResult[]> {
  if (!hasStores()) return [];
  const { findings } = await askStores();
  if (findings.every(({ state }) => state !== "bad")) return findings;
  await new Promise((resolve) => setTimeout(resolve, secondChanceMs));
  return (await askStores()).findings;
}

function changesBy(findings: readonly CheckResult[], now: number): string[] {
  const bad = findings.filter(({ state }) => state === "bad");
  const names = new Set(bad.map(({ name }) => prefix + name));
  const opened = bad.flatMap(({ name, message }) => {
    const reason = sentence(message);
    const isNew = openIncident({ name: prefix + name, kind: "host", reason, runId: null, openedAt: now });
    return isNew ? [reason] : [];
  });
  const over = openIncidents().filter(({ kind, name }) => kind === "host" && !names.has(name));
  return [
    ...opened,
    ...over.flatMap(({ name, reason }) =>
      closeIncidents(name, { runId: null, at: now }) ? [`Resolved: ${reason}`] : [],
    ),
  ];
}
