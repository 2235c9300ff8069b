/** The run that holds a command's lock, as far as a start that finds it taken needs to know. */
export interface LockHolder {
  key: string;
  pid: number;
  startedAt: number;
}

/** What every such reason begins with. */
export const overlapStart = "still running since ";

/** Why a start is skipped. Its id the run has from the ledger; until that is asked it is called by its key. */
export function overlapText({ key, pid, startedAt }: LockHolder, id: number | string = key): string {
  return `${overlapStart}${new Date(startedAt).toISOString()} (run ${id}, pid ${pid})`;
}
