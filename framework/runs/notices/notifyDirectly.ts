import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { noticeSettings, paths } from "../../config/config";
import { makeFile } from "../../files/openFile";
import { stableHash } from "../../schedule/expression/hash";
import { channelsOf, deliverContent } from "./deliver";
import { hostNotice } from "./hostNotice";

/**
 * The prefix of the empty files that record which notices were sent. An empty file can usually be created even on a
 * full disk.
 */
const prefix = "told-directly-";

/** A notice is not repeated within this time, in milliseconds. */
const repeatMs = 6 * 3_600_000;

/**
 * Sends notices about a problem without using the ledger, for when the ledger cannot be written. Returns a sentence
 * about each notice, sent or not.
 */
export async function notifyDirectly(
  reasons: readonly string[],
  now: number,
): Promise<{ sent: string[]; failed: string[] }> {
  const report = { sent: [] as string[], failed: [] as string[] };
  const [reason] = reasons;
  if (reason === undefined || noticedAt(reason) > now - repeatMs) return report;
  const content = hostNotice(reason, reasons.slice(1).join("\n"), now);
  for (const channel of channelsOf(null, noticeSettings())) {
    try {
      await deliverContent(channel, content);
      report.sent.push(`Sent a notice: ${reason}`);
    } catch (error) {
      report.failed.push(`Could not send a notice: ${error.message}`);
    }
  }
  if (report.sent.length > 0) remember(reason);
  return report;
}

/** Called when the ledger can be written again: forgets the notices that were sent directly. */
export function forgetDirectNotices(): void {
  for (const name of readdirSync(paths.data).filter((one) => one.startsWith(prefix))) {
    rmSync(join(paths.data, name), { force: true });
  }
}

function noticedAt(reason: string): number {
  try {
    return statSync(markOf(reason), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  } catch {
    return 0; // We are not allowed to read the data folder.
  }
}

function remember(reason: string): void {
  try {
    rmSync(markOf(reason), { force: true });
    makeFile(markOf(reason));
  } catch {
    // Without the file, the next `laju monitor` sends the notice again.
  }
}

/**
 * The file that records a notice with this reason. Ignores numbers, because the same problem may have a different pid
 * or size each time.
 */
function markOf(reason: string): string {
  return join(paths.data, prefix + stableHash(reason.replaceAll(/\d+/g, "")).toString(16));
}
