/** The database of this process's tests. Each test gets an empty one. */
export interface TestDatabase {
  /** The database's URL, in the form of DATABASE_URL. */
  url: string;
  /** Replaces the database of the previous test with an empty, migrated one. No connection to it may be open. */
  fresh(): Promise<void>;
  remove(): Promise<void>;
}
