/** Where several servers see who runs what. A holder is "host uuid": the host for people, the rest for comparing. */
export interface ClaimStore {
  /** Writes the holder under a key that is free, and returns whose it is then. */
  claim(key: string, holder: string): Promise<string>;
  /** Which of these keys are taken. */
  taken(keys: readonly string[]): Promise<string[]>;
}

/** How long a store keeps a claim, in seconds of its own clock: twice as long as one may be late. */
export const keptSeconds = 86_400;
