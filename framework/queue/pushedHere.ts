import type { Knex } from "knex";

type Listener = () => void;

const listeners = new Set<Listener>();

/** Calls `listener` when this process has queued a job, so that its own worker needs no notification from the store. */
export function onPushHere(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function pushedHere(): void {
  for (const listener of listeners) listener();
}

/** Reports a job that was queued within a transaction, once the transaction is committed and the job is visible. */
export function pushedIn(trx: Knex.Transaction): void {
  onCommit(trx, pushedHere);
}

/**
 * Calls `work` once other connections can see this transaction's changes, that is, after the outermost transaction is
 * committed.
 */
export function onCommit(trx: Knex.Transaction, work: () => void): void {
  let outermost = trx;
  while (outermost.parentTransaction !== undefined) outermost = outermost.parentTransaction;
  let isUndone = false;
  // The transaction's promise doesn't show whether it was committed: an explicit rollback resolves it too.
  outermost.on("query", ({ sql }: { sql: string }) => {
    if (sql === "ROLLBACK") isUndone = true;
  });
  outermost.executionPromise.then(
    () => isUndone || work(),
    () => {},
  );
}
