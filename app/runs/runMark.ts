/** What tells the processes that a run started from all others: the value of LAJU_RUN in their environment. */
export function runMark({ pid, startedAt }: { pid: number; startedAt: number }): string {
  return `${pid}-${startedAt}`;
}
