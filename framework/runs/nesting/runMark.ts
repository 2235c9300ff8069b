/** A run as everything that it starts knows it, by one word of LAJU_RUN in the environment. */
export interface RunMark {
  name: string;
  pid: number;
  startedAt: number;
  /** Its key in the ledger; a source tried by hand has none. */
  key?: string | undefined;
}

/** "SendDailyDigest:4182-1764463200000-mi5w2x9f3s0k7q": tells what a run has started from everything else. */
export function runMark({ name, pid, startedAt, key }: RunMark): string {
  return `${name}:${[pid, startedAt, key].filter((part) => part !== undefined).join("-")}`;
}

/** Undefined for what an older laju has put there. */
export function readMark(word: string): RunMark | undefined {
  const [, name, pid, startedAt, key] = /^([^:]+):(\d+)-(\d+)(?:-(\w+))?$/.exec(word) ?? [];
  if (name === undefined) return undefined;
  return { name, pid: Number(pid), startedAt: Number(startedAt), key };
}
