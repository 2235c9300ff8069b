import { afterAll, beforeAll } from "vitest";
import type { QueueEngine } from "../../../framework/queue/engine";
import { type Database, openSqlite } from "../../../framework/services/database/sqliteDriver";
import { sqliteSetup } from "./sqliteSetup";

/** A queue in an SQLite file of its own, for the tests of a file or of a describe(). */
export interface SqliteQueue {
  /** The engine. It can be used while tests run. */
  readonly engine: QueueEngine;
  /** Opens the SQLite file, as any other program could. */
  open(): Database;
}

export function sqliteQueue(): SqliteQueue {
  const setup = sqliteSetup();
  let engine: QueueEngine;
  beforeAll(async () => {
    await setup.start();
    engine = await setup.open();
  });
  afterAll(async () => {
    await engine?.close();
    await setup.stop();
  });
  return {
    get engine() {
      return engine;
    },
    open: () =>
      openSqlite(setup.environment().DATABASE_URL?.slice("file:".length) as string, { mustExist: true }),
  };
}
