/** Where several servers see which of them runs what. A holder is "host uuid": the host is shown, the whole is compared. */
export interface ClaimStore {
  /** Writes the holder under the key if it is free, and returns the key's holder. */
  claim(key: string, holder: string): Promise<string>;
  /** Which of these keys are taken. */
  taken(keys: readonly string[]): Promise<string[]>;
}

/** How long a store keeps a claim, in seconds of its own clock: twice as long as a claim may be late. */
export const keptSeconds = 86_400;
