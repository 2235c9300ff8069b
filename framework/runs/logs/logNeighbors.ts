import { ledger } from "../ledger/ledgerFile";
import type { Run } from "../ledger/run";

const dayMs = 86_400_000;

/**
 * The position at which a run stopped writing. A lost run could not record it, but must have stopped before the next
 * run began.
 */
const endInLog = `coalesce(log_to, CASE WHEN state = 'running' THEN @endless ELSE coalesce(
  (SELECT next.log_from FROM runs AS next WHERE next.name = runs.name AND next.id > runs.id
     AND next.log_inode = runs.log_inode AND next.state <> 'skipped' ORDER BY next.id LIMIT 1), log_from) END)`;

/** The runs that wrote to the same file while this one did. */
export function runsInterleaved(run: Run): number[] {
  if (run.log === null) return [];
  const rows = ledger()
    .prepare(
      `SELECT id FROM runs
       WHERE started_at BETWEEN @earliest AND @latest AND log_inode = @inode AND log_file = @file AND id <> @id
         AND state <> 'skipped' AND log_from < @to AND ${endInLog} > @from
       ORDER BY id`,
    )
    .all({
      earliest: run.startedAt - dayMs,
      latest: run.finishedAt ?? Number.MAX_SAFE_INTEGER,
      id: run.id,
      inode: run.log.inode,
      file: run.log.file,
      from: run.log.from,
      to: run.log.to ?? (run.state === "lost" ? nextStartInLog(run) : null) ?? Number.MAX_SAFE_INTEGER,
      endless: Number.MAX_SAFE_INTEGER,
    }) as { id: number }[];
  return rows.map(({ id }) => id);
}

/**
 * The position at which the command's next run began to write, where a lost run's output must end. Skipped starts don't
 * count, because they happened during the run.
 */
export function nextStartInLog(run: Run): number | null {
  const row = ledger()
    .prepare(
      "SELECT log_inode, log_from FROM runs WHERE name = ? AND id > ? AND state <> 'skipped' ORDER BY id LIMIT 1",
    )
    .get(run.name, run.id) as { log_inode: number | null; log_from: number | null } | undefined;
  return row !== undefined && row.log_inode === run.log?.inode ? row.log_from : null;
}
