/** The database that the tests of this process use, one after the other. */
export interface TestDatabase {
  /** As DATABASE_URL has it. */
  url: string;
  /** Puts a migrated database in place of what the last test left. Nothing is connected to it. */
  fresh(): Promise<void>;
  remove(): Promise<void>;
}
