import type { Knex } from "knex";

type Listener = () => void;

const listeners = new Set<Listener>();

/** Calls back when this very process has queued something: its own worker needs no news from outside. */
export function onPushHere(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function pushedHere(): void {
  for (const listener of listeners) listener();
}

/** Something was queued within a transaction: it can be seen, if at all, after the commit. */
export function pushedIn(trx: Knex.Transaction): void {
  trx.executionPromise.then(pushedHere, () => {});
}
