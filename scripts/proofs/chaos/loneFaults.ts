import { now, pause } from "./clock";
import type { Fleet } from "./fleet";
import type { Row, Rows } from "./stores/rows";
import type { Store } from "./stores/stores";

// Faults that would hardly ever happen by chance. They use two workers reserved for them, the "lone" workers.

interface Field {
  store: Pick<Store, "rows">;
  fleet: Fleet;
}

/** The beginning of the query with which a heartbeat asks which jobs its worker holds. */
const whatIsHeld = "select id, attempts, created_at from jobs";
/** How long to wait for each step, in milliseconds. A claim takes many statements, and the connections are slow. */
const patience = 10_000;

/**
 * Delays the reply to a heartbeat: the worker sends the heartbeat during a job's first attempt, the store answers while
 * the job waits for its second attempt, and the reply arrives after the second attempt has started.
 */
export async function lateNews({ store: { rows }, fleet }: Field): Promise<void> {
  const proxies = fleet.proxies("lone");
  const find = async (isIt: (row: Row) => boolean) => (await rows.ofType("LoneFlaky")).find(isIt);
  fleet.order({ LoneFlaky: 1 });
  const job = await until(() => find(({ state, attempt }) => state === "processing" && attempt === 1));
  if (job === undefined) return;
  for (const proxy of proxies) proxy.holdQuestions(whatIsHeld);
  await until(() => find(({ id, state }) => id === job.id && state !== "processing"));
  for (const proxy of proxies) proxy.holdAnswers();
  await until(() => find(({ id, attempt }) => id === job.id && attempt === 2));
  // Wait until the worker has received its claim.
  await pause(300);
  for (const proxy of proxies) proxy.holdNothing();
}

/** Kills a worker after the store has given it a job, but before it gets the reply. The job has then never started. */
export async function killUnstarted({ store: { rows }, fleet }: Field): Promise<void> {
  const proxies = fleet.proxies("lone");
  for (const proxy of proxies) proxy.delayMs = 250;
  fleet.order({ Lone: 1 });
  const claimant = await until(async () => fleet.withPid(await pidOfLoneClaim(rows)));
  if (claimant !== undefined) fleet.end(claimant, "SIGKILL");
  for (const proxy of proxies) proxy.delayMs = 0;
}

async function pidOfLoneClaim(rows: Rows): Promise<number | undefined> {
  const claimed = (await rows.ofType("Lone")).find(({ state }) => state === "processing");
  if (claimed === undefined) return undefined;
  return (await rows.workers()).find(({ id }) => id === claimed.worker)?.pid;
}

/**
 * Calls `ask` until it returns a value; undefined if it returns none in time. Ignores errors, because the server may be
 * down.
 */
async function until<T>(ask: () => Promise<T | undefined>): Promise<T | undefined> {
  for (const giveUpAt = now() + patience; now() < giveUpAt; await pause(50)) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
  }
  return undefined;
}
