import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { noticeSettings, paths } from "../../config/config";
import { makeFile } from "../../files/openFile";
import { hostName } from "../../process/thisProcess";
import { stableHash } from "../../schedule/expression/hash";
import { channelsOf, deliverContent } from "./deliver";

/** Marks are empty files: one can be made on a full disk too, as a rule. */
const prefix = "told-directly-";

/** How long the same is not told again, in milliseconds. */
const restMs = 6 * 3_600_000;

/**
 * Tells of what keeps the ledger, where notices wait, from being written: at once and without it. Returns what was sent,
 * and what was not, one sentence each.
 */
export async function notifyDirectly(
  reasons: readonly string[],
  now: number,
): Promise<{ sent: string[]; failed: string[] }> {
  const report = { sent: [] as string[], failed: [] as string[] };
  const [reason] = reasons;
  if (reason === undefined || noticedAt(reason) > now - restMs) return report;
  const incident = {
    id: 0,
    name: "host",
    kind: "host",
    reason,
    runId: null,
    openedAt: now,
    closedAt: null,
    closedRunId: null,
    closedBecause: null,
    acknowledgedAt: null,
    acknowledgeReason: null,
  } as const;
  const content = {
    event: "failure",
    name: "host",
    description: "",
    host: hostName(),
    app: paths.root,
    incident,
    run: undefined,
    failures: { starts: 0, attempts: 0 },
    output: reasons.slice(1).join("\n"),
    rawOutput: "",
  } as const;
  for (const channel of channelsOf(null, noticeSettings())) {
    try {
      await deliverContent(channel, content);
      report.sent.push(`Sent a notice: ${reason}`);
    } catch (error) {
      report.failed.push(`A notice is not sent: ${error.message}`);
    }
  }
  if (report.sent.length > 0) remember(reason);
  return report;
}

/** Forgets what was told: the ledger can be written again. */
export function forgetDirectNotices(): void {
  for (const name of readdirSync(paths.data).filter((one) => one.startsWith(prefix))) {
    rmSync(join(paths.data, name), { force: true });
  }
}

function noticedAt(reason: string): number {
  try {
    return statSync(markOf(reason), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  } catch {
    return 0; // The data folder is not for us to see.
  }
}

function remember(reason: string): void {
  try {
    rmSync(markOf(reason), { force: true });
    makeFile(markOf(reason));
  } catch {
    // Not even that is possible: the next pass tells again.
  }
}

/** The same trouble has other numbers each time: of a process, of megabytes. */
function markOf(reason: string): string {
  return join(paths.data, prefix + stableHash(reason.replaceAll(/\d+/g, "")).toString(16));
}
