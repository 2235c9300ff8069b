import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fresh } from "../../support/apps/fresh";
import { temporaryFolder } from "../../support/servers/server";

let data: string;
beforeEach(() => {
  data = temporaryFolder("sqlite");
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

async function load() {
  const services = await fresh({ LAJU_DATA: data }, async () => ({
    SQLite: (await import("../../../framework/services/SQLite")).default,
    DB: (await import("../../../framework/services/DB")).default,
  }));
  services.SQLite.run("create table items (id integer primary key, name text, done integer, at integer)");
  return services;
}

describe("SQLite", () => {
  test("uses the same file as DB", async () => {
    const { SQLite, DB } = await load();
    expect(SQLite.run("insert into items (name) values (?)", ["a"])).toEqual({
      changes: 1,
      lastInsertRowid: 1,
    });
    expect(await DB("items").first("name")).toEqual({ name: "a" });
    expect(SQLite.getDatabase().pragma("journal_mode", { simple: true })).toBe("wal");
    await DB.destroy();
    SQLite.getDatabase().close();
  });

  test("says with DB to migrate if a table or column is missing", async () => {
    const { SQLite, DB } = await load();
    const hint = { hint: "If a migration creates it, run node laju migrate." };
    expect(() => SQLite.get("select 1 from nowhere")).toThrow(expect.objectContaining(hint));
    expect(() => SQLite.prepare("insert into items (absent) values (1)")).toThrow(
      expect.objectContaining(hint),
    );
    await expect(DB("nowhere")).rejects.toMatchObject(hint);
    await expect(DB("items").insert({ absent: 1 })).rejects.toMatchObject(hint);
    await expect(DB.raw("select")).rejects.not.toHaveProperty("hint");
    await DB.destroy();
    SQLite.getDatabase().close();
  });

  test("binds arrays, single values, named parameters, and an object's values in order", async () => {
    const { SQLite } = await load();
    const insert = "insert into items (name, done, at) values (?, ?, ?)";
    SQLite.run(insert, ["a", true, new Date(5)]);
    SQLite.run(insert, { name: "b", done: false, at: undefined });
    SQLite.run("insert into items (name, done) values (@name, :done)", { name: "c", done: true });
    expect(SQLite.get("select name, done, at from items where id = ?", 1)).toEqual({
      name: "a",
      done: 1,
      at: 5,
    });
    expect(SQLite.get("select name, done, at from items where id = ?", [2])).toEqual({
      name: "b",
      done: 0,
      at: null,
    });
    expect(SQLite.all("select name from items where done = ?", [true])).toEqual([
      { name: "a" },
      { name: "c" },
    ]);
    expect(SQLite.get("select 1 from items where name = ?", ["z"])).toBeUndefined();
    expect(SQLite.prepare("select count(*) as count from items").get()).toEqual({ count: 3 });
  });

  test("a transaction is all or nothing, and its callback gets the service", async () => {
    const { SQLite } = await load();
    expect(SQLite.transaction((db) => db.run("insert into items (name) values ('x')").changes)).toBe(1);
    const failing = () =>
      SQLite.transaction((db) => {
        db.run("delete from items");
        throw new Error("no");
      });
    expect(failing).toThrow("no");
    expect(SQLite.get("select count(*) as count from items")).toEqual({ count: 1 });
  });

  test("reopens after it was closed", async () => {
    const { SQLite } = await load();
    SQLite.all("select * from items");
    SQLite.getDatabase().close();
    expect(SQLite.all("select * from items")).toEqual([]);
  });
});
