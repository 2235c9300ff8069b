import { join } from "node:path";
import { paths } from "../config/config";
import { readOwn } from "../files/openFile";
import { writeAtomically } from "../files/writeAtomically";
import { databaseLocation } from "../services/database/databaseLocation";
import { handlerNames } from "../views/queue/knownTypes";
import { isOnServer } from "../views/queue/openQueue";
import { type QueueReading, readQueue } from "../views/queue/queueStatus";
import { oneServer } from "./app/oneServer";
import { scheduledCommands } from "./app/scheduled";
import { database } from "./app/services";
import type { Check, CheckResult } from "./check";
import { runChecks } from "./runChecks";

/** The state of the servers that commands depend on, and when it was checked. */
export interface StoresAnswer extends QueueReading {
  at: number;
  findings: CheckResult[];
}

/** How long checking all servers may take, in milliseconds. The monitor does it on every pass. */
const limitMs = 300;

const file = join(paths.data, "stores.json");

/** Whether commands depend on any server. Most apps need none. */
export function hasStores(): boolean {
  return remoteChecks().length > 0 || isQueueRemote();
}

/** Checks all servers at the same time, and saves the result for callers that don't want to wait. */
export async function askStores(): Promise<StoresAnswer> {
  const checks = remoteChecks();
  await preload();
  const [findings, look] = await Promise.all([
    runChecks(checks, limitMs),
    isQueueRemote() ? readQueue(limitMs) : { queue: null },
  ]);
  const answer = { at: Date.now(), findings: [...findings.map(named), ...queueFinding(look)], ...look };
  keep(answer);
  return answer;
}

/** The last saved result; undefined if the servers have never been checked. */
export function lastAnswer(): StoresAnswer | undefined {
  try {
    return JSON.parse(readOwn(file).toString()) as StoresAnswer;
  } catch {
    return undefined;
  }
}

export function isQueueRemote(): boolean {
  return isOnServer() && handlerNames().length > 0;
}

function remoteChecks(): Check[] {
  const isClaimed = scheduledCommands().some((command) => command.oneServer);
  return [...(databaseLocation().engine === "sqlite" ? [] : [database]), ...(isClaimed ? [oneServer] : [])];
}

/** Loads the modules first, so that loading doesn't count against the servers' time limit. */
async function preload(): Promise<void> {
  await Promise.all([
    isQueueRemote() ? import("../queue/engines/select") : undefined,
    remoteChecks().length > 0 ? import("../services/DB") : undefined,
  ]);
}

/** Names the subject in the message. `doctor` prints the check's name before it, but other callers don't. */
function named(finding: CheckResult): CheckResult {
  const { name, state, message } = finding;
  if (state !== "bad" || !(name === database.name || message.startsWith("no answer"))) return finding;
  const subject = name === database.name ? "the database" : "the oneServer store";
  return { ...finding, message: `${subject} cannot be reached: ${message}` };
}

/** A problem with the queue, and what to do. */
export function queueFinding({ queueProblem, queueCure }: QueueReading): CheckResult[] {
  if (queueProblem === undefined) return [];
  const cure = queueCure ?? "Run `node laju doctor`, which waits longer and shows more.";
  return [{ name: "queue", state: "bad", message: `the queue cannot be read: ${queueProblem}`, cure }];
}

function keep(answer: StoresAnswer): void {
  try {
    writeAtomically(file, `${JSON.stringify(answer)}\n`);
  } catch {
    // The data folder is missing, full or not writable. Another check reports that.
  }
}
