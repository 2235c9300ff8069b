import knex, { type Knex } from "knex";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { NewJob, QueueEngine } from "../../../../../framework/queue/engine";
import { matchName } from "../../../../../framework/queue/engines/cronNext";
import { lockSpace } from "../../../../../framework/queue/engines/postgres/driver";
import { lajuTables } from "../../../../support/lajuTables";
import { postgresSetup } from "../../../../support/queue/postgresSetup";
import { postgresNeed } from "../../../../support/servers/postgres";
import { until } from "../../../../support/servers/server";

const job: NewJob = { type: "T", userId: 3, data: "1", priority: 0 };

describe.skipIf(postgresNeed.skip)(`two schemas of one PostgreSQL database${postgresNeed.label}`, () => {
  const setup = postgresSetup();
  let one: QueueEngine;
  let other: QueueEngine;
  beforeAll(async () => {
    await setup.start();
    const url = `${setup.server().url}?options=-c%20search_path%3Dother`;
    await setup.database().raw("create schema other");
    await migrate(url);
    one = await setup.open();
    other = setup.openAt(url);
  });
  afterEach(() => setup.clear());
  afterAll(async () => {
    await Promise.all([one?.close(), other?.close()]);
    await setup.stop();
  });

  test("each have a queue, and don't notify each other's workers", async () => {
    const heard: string[] = [];
    const client = new Client({ connectionString: setup.server().url });
    await client.connect();
    client.on("notification", ({ channel }) => heard.push(channel));
    const { rows } = await client.query(
      "select 'laju_queue_' || oid from pg_namespace where nspname = 'other'",
    );
    const [channel] = Object.values(rows[0]) as [string];
    await client.query(`listen laju_queue; listen ${channel}`);
    try {
      for (const engine of [one, other]) {
        // An engine is notified only while it watches.
        const watch = await engine.watch(() => {});
        heard.length = 0;
        await engine.push([job]);
        await until(() => heard.length > 0, { limit: 5000, what: "the notification" });
        expect(new Set(heard)).toEqual(new Set([engine === one ? "laju_queue" : channel]));
        watch.close();
      }
      expect(await one.list({ limit: 10 })).toHaveLength(1);
      expect(await other.list({ limit: 10 })).toHaveLength(1);
    } finally {
      await client.end();
    }
  });

  test("don't wait for each other's locks", async () => {
    const trx = await setup.database().transaction();
    // Take the lock as a worker of an earlier release does, in `public`.
    await trx.raw("select pg_advisory_xact_lock(?, hashtext(?))", [lockSpace, matchName(job)]);
    let isReplaced = false;
    const waiting = one.replaceMatching(job, 1000).then(() => {
      isReplaced = true;
    });
    await other.replaceMatching(job, 1000);
    expect(isReplaced).toBe(false);
    await trx.rollback();
    await waiting;
  });
});

async function migrate(url: string): Promise<void> {
  const database: Knex = knex({ client: "pg", connection: url });
  await database.migrate.latest(lajuTables).finally(() => database.destroy());
}
