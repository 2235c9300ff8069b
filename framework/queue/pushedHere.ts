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
  onCommit(trx, pushedHere);
}

/** Calls back when others can see what this transaction did: when the outermost one has been committed. */
export function onCommit(trx: Knex.Transaction, work: () => void): void {
  let outermost = trx;
  while (outermost.parentTransaction !== undefined) outermost = outermost.parentTransaction;
  let isUndone = false;
  // Whoever rolls back by hand has the promise kept, as by a commit.
  outermost.on("query", ({ sql }: { sql: string }) => {
    if (sql === "ROLLBACK") isUndone = true;
  });
  outermost.executionPromise.then(
    () => isUndone || work(),
    () => {},
  );
}
