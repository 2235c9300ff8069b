import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Knex, knex } from "knex";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { QueueEngine } from "../../../framework/queue/engine";
import { sqliteEngine } from "../../../framework/queue/engines/sqlite/sqlite";
import { newJob } from "../../../framework/queue/newJob";
import { encode } from "../../../framework/queue/payload";
import { unknownTypes } from "../../../framework/queue/worker/work";
import { workOptions } from "../../../framework/queue/worker/workOptions";
import { sqliteDriver } from "../../../framework/services/database/sqliteDriver";
import { lajuTables } from "../../support/lajuTables";
import { temporaryFolder } from "../../support/servers/server";

describe("values that JSON would change", () => {
  test.each([
    ["a Map", { ids: new Map([[1, 2]]) }, "data.ids cannot be queued: it is a Map"],
    ["a Set", [new Set([1])], "data[0] cannot be queued: it is a Set"],
    ["a Map alone", new Map(), "data cannot be queued: it is a Map"],
    ["a promise", { user: Promise.resolve(1) }, "data.user cannot be queued: it is a Promise"],
    ["an error", { error: new Error("x") }, "data.error cannot be queued: it is an Error"],
    ["a RegExp", { deep: { of: /x/ } }, "data.deep.of cannot be queued: it is a RegExp"],
    ["bytes", { file: new Uint8Array(2) }, "data.file cannot be queued: it is a Uint8Array"],
    ["a Date that is none", { at: new Date("x") }, "data.at cannot be queued: it is an invalid Date"],
  ])("is refused: %s", (_, value, message) => {
    expect(() => encode(value, "data")).toThrow(expect.objectContaining({ code: "E_JOB_DATA", message }));
  });

  class Order {
    id = 7;
    note = undefined;
  }
  class Nothing {}
  test.each([
    [{ order: new Order(), nothing: new Nothing(), at: new Date(0) }],
    [{ bytes: Buffer.from("x"), url: new URL("https://example.com") }],
    [Object.assign(Object.create(null), { a: [Object.create(null)] })],
    [{ none: null, custom: { toJSON: () => null }, texts: [Object("a"), Object(1)] }],
  ])("other values are encoded as by JSON.stringify", (value) => {
    expect(encode(value, "data")).toBe(JSON.stringify(value));
  });
});

describe("queueing with an invalid trx", () => {
  const folder = temporaryFolder("hostile");
  const file = join(folder, "queue.sqlite3");
  let database: Knex;
  let engine: QueueEngine;

  beforeAll(async () => {
    database = knex({ client: "better-sqlite3", connection: { filename: file }, useNullAsDefault: true });
    Object.assign(database.client, { driver: sqliteDriver() });
    await database.migrate.latest(lajuTables);
    engine = sqliteEngine(file, true);
  });
  afterAll(async () => {
    await engine.close();
    await database.destroy();
    rmSync(folder, { recursive: true });
  });

  const push = (trx: unknown) => engine.push([newJob("T", {})], trx as Knex.Transaction);

  test("fails, and nothing is queued", async () => {
    let kept: Knex.Transaction | undefined;
    await database.transaction(async (trx) => {
      kept = trx;
    });
    await expect(push(kept)).rejects.toMatchObject({
      code: "E_QUEUE_TRX",
      message: "trx has ended: it was committed or rolled back",
    });
    for (const none of [database, {}, null, "trx", Promise.resolve(kept)]) {
      await expect(push(none)).rejects.toMatchObject({
        code: "E_QUEUE_TRX",
        message: "trx is not a transaction",
      });
    }
    expect(await database("jobs")).toEqual([]);
  });

  test("works with a nested transaction", async () => {
    await database.transaction((outer) => outer.transaction((trx) => push(trx)));
    expect(await database("jobs")).toHaveLength(1);
  });
});

describe("a worker's --types", () => {
  afterEach(() => void vi.unstubAllGlobals());
  const options = { concurrency: "10", once: true, patience: "1s" };

  test.each(["", " , "])("is rejected if it names no type: %j", (types) => {
    expect(() => workOptions({ ...options, types })).toThrow("--types names no types");
  });

  test("may contain extra spaces and commas", () => {
    expect(workOptions({ ...options, types: ", A, reports/B," }).types).toEqual(["A", "reports/B"]);
  });

  test("fails for an unknown type with a hint to build", () => {
    expect(unknownTypes("Mail", []).message).toBe("no handler app/jobs/Mail.ts");
    vi.stubGlobal("LAJU_BUILT", true);
    const message = "no handler app/jobs/Mail.ts in this build (npm run build adds new ones)";
    expect(unknownTypes("Mail", []).message).toBe(message);
  });
});
