/** The database used by the tests of this process, one after another. */
export interface TestDatabase {
  /** As in DATABASE_URL. */
  url: string;
  /**
   * Replaces what the last test left with a migrated, otherwise empty database. Nothing may be connected to
   * it.
   */
  fresh(): Promise<void>;
  remove(): Promise<void>;
}
