/**
 * A store shared by several servers for claims. A holder is a host name and a UUID, separated by a space; only the host
 * name is shown to users.
 */
export interface ClaimStore {
  /** Writes the holder under the key if the key is free, and returns the key's holder. */
  claim(key: string, holder: string): Promise<string>;
  /** Which of these keys are claimed. */
  taken(keys: readonly string[]): Promise<string[]>;
}

/**
 * How long a store keeps a claim, in seconds of the store's clock: twice the age up to which a scheduled time can be
 * claimed.
 */
export const keptSeconds = 86_400;
