import { notices } from "../doctor/app/notices";
import type { CheckResult } from "../doctor/check";
import { lookLocally } from "../doctor/localChecks";
import { lookingAt } from "../doctor/checkContext";
import { askStores, hasStores } from "../doctor/stores";
import { sentence } from "../doctor/troubleText";
import { readInstallation } from "../host/installation";
import { closeIncidents, openIncident, openIncidents } from "../runs/ledger/incidents";
import { forgetDirectNotices, notifyDirectly } from "../runs/notices/notifyDirectly";
import type { MonitorReport } from "./monitorReport";

/** No command can have such a name. */
const prefix = "host: ";

/** A server may be slow for a moment; one that is away still is after so long, in milliseconds. */
const secondChanceMs = 1_000;

/**
 * Opens an incident for each thing that keeps commands from running here, and closes those that are over. Returns what is
 * new, one sentence each. Notices that nobody takes are left out: they would be told to the same nobody, and the monitor
 * fails for them anyway. Where the ledger cannot be written, it is told without it, and the error is thrown on.
 */
export async function findHostTrouble(report: MonitorReport, now: number): Promise<string[]> {
  const local = lookLocally(lookingAt(undefined), [notices.name, ...notMeant()]);
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

/** Where crontab:install never was, something else may start the commands and this monitor: systemd, or a cluster. */
function notMeant(): string[] {
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
      closeIncidents(name, { runId: null, at: now }) ? [`In order again: ${reason}`] : [],
    ),
  ];
}
