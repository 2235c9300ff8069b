/** A store shared by several servers for claims. A holder is "host uuid"; only the host is shown to users. */
export interface ClaimStore {
  /** Writes the holder under the key if the key is free, and returns the key's holder. */
  claim(key: string, holder: string): Promise<string>;
  /** Which of these keys are taken. */
  taken(keys: readonly string[]): Promise<string[]>;
}

/** How long a store keeps a claim, in seconds of its own clock: twice as long as a scheduled time can be claimed. */
export const keptSeconds = 86_400;
