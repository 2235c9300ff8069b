/** The database used by the tests of this process, one after another. */
export interface TestDatabase {
  /** The database's URL, as in DATABASE_URL. */
  url: string;
  /**
   * Replaces the last test's database with a migrated, otherwise empty one. There must be no open connections to it.
   */
  fresh(): Promise<void>;
  remove(): Promise<void>;
}
