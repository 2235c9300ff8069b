import { now, pause } from "./clock";
import type { Fleet } from "./fleet";
import type { Row, Rows } from "./stores/rows";
import type { Store } from "./stores/stores";

// Faults that would hardly ever happen by chance. They affect two workers that are reserved for them.

interface Field {
  store: Pick<Store, "rows">;
  fleet: Fleet;
}

/** The query of a heartbeat: which jobs its worker holds. */
const whatIsHeld = "select id, attempts, created_at from jobs";
/** The time limit for each step, in milliseconds. A claim consists of many statements, and connections are slow. */
const patience = 10_000;

/**
 * A heartbeat's reply is older than the attempt that its worker has started: the worker sends the heartbeat during a job's
 * first attempt, the store replies while the job waits for its second, and the reply arrives after the second has started.
 */
export async function lateNews({ store: { rows }, fleet }: Field): Promise<void> {
  const ways = fleet.ways("lone");
  const find = async (isIt: (row: Row) => boolean) => (await rows.ofType("LoneFlaky")).find(isIt);
  fleet.order({ LoneFlaky: 1 });
  const job = await until(() => find(({ state, attempt }) => state === "processing" && attempt === 1));
  if (job === undefined) return;
  for (const way of ways) way.holdQuestions(whatIsHeld);
  await until(() => find(({ id, state }) => id === job.id && state !== "processing"));
  for (const way of ways) way.holdAnswers();
  await until(() => find(({ id, attempt }) => id === job.id && attempt === 2));
  // The worker must receive the claim first.
  await pause(300);
  for (const way of ways) way.holdNothing();
}

/** A worker dies after the store has given it a job but before it receives the reply, so the job never started. */
export async function killUnstarted({ store: { rows }, fleet }: Field): Promise<void> {
  const ways = fleet.ways("lone");
  for (const way of ways) way.delayMs = 250;
  fleet.order({ Lone: 1 });
  const claimant = await until(async () => fleet.withPid(await pidOfLoneClaim(rows)));
  if (claimant !== undefined) fleet.end(claimant, "SIGKILL");
  for (const way of ways) way.delayMs = 0;
}

async function pidOfLoneClaim(rows: Rows): Promise<number | undefined> {
  const claimed = (await rows.ofType("Lone")).find(({ state }) => state === "processing");
  if (claimed === undefined) return undefined;
  return (await rows.workers()).find(({ id }) => id === claimed.worker)?.pid;
}

/** Asks until it gets an answer; undefined if none arrives in time. Ignores errors, because the server may be down. */
async function until<T>(ask: () => Promise<T | undefined>): Promise<T | undefined> {
  for (const giveUpAt = now() + patience; now() < giveUpAt; await pause(50)) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
  }
  return undefined;
}
