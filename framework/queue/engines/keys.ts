/**
 * SQL: a job that has ended frees its unique key, and remembers it for the case that somebody retries the job. In this
 * order: MySQL assigns from left to right.
 */
export function endKey(isCurrent: boolean): string {
  return isCurrent ? "former_key = unique_key, unique_key = null" : "unique_key = null";
}
