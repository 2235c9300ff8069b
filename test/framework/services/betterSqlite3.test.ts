import { mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";

const asks = 'console.log(new Database(":memory:").prepare("SELECT 1 AS one").get());';

const commands = {
  Imports: `
    import Database, { SqliteError } from "better-sqlite3";
    const database: Database.Database = new Database(":memory:");
    try { database.exec("nonsense"); } catch (error) { if (!(error instanceof SqliteError)) throw error; }
    ${asks}`,
  ImportsFirst: `
    import Database from "better-sqlite3";
    import { command } from "../app/console/command";
    import SQLite from "../app/services/SQLite";
    export default command({ schedule: "@daily", run() { SQLite.get("SELECT 1"); ${asks} } });`,
  ImportsLate: `
    import { command } from "../app/console/command";
    export default command({ async run() { const { default: Database } = await import("better-sqlite3"); ${asks} } });`,
  Awaits: `
    import Database from "better-sqlite3";
    await Promise.resolve();
    ${asks}`,
  Requires: `
    import { createRequire } from "node:module";
    const Database = createRequire(import.meta.url)("better-sqlite3");
    ${asks}`,
  // Load it through two other packages: a CommonJS one and an ES module.
  UsesKnex: `
    import knex from "knex";
    import { command } from "../app/console/command";
    export default command({ async run() {
      const db = knex({ client: "better-sqlite3", connection: ":memory:", useNullAsDefault: true });
      console.log((await db.select(db.raw("1 as one")))[0]);
      await db.destroy();
    } });`,
  UsesPackage: `
    import { command } from "../app/console/command";
    import { ask } from "uses-sqlite";
    export default command({ run() { console.log(ask()); } });`,
};

let app: TestApp;
beforeAll(async () => {
  app = makeApp(
    Object.fromEntries(Object.entries(commands).map(([name, text]) => [`commands/${name}.ts`, text])),
  );
  addPackage("uses-sqlite", {
    "package.json": '{ "name": "uses-sqlite", "type": "module", "exports": "./index.js" }',
    "index.js": `import Database from "better-sqlite3";
      export const ask = () => new Database(":memory:").prepare("SELECT 1 AS one").get();`,
  });
  expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
});
afterAll(() => app.remove());

/** Packages that only this test needs, in addition to those that all tests share. */
function addPackage(name: string, files: Record<string, string>): void {
  const modules = join(app.root, "node_modules");
  const shared = join(import.meta.dirname, "..", "..", "..", "node_modules");
  rmSync(modules);
  mkdirSync(modules);
  for (const entry of readdirSync(shared)) symlinkSync(join(shared, entry), join(modules, entry));
  for (const [file, text] of Object.entries(files)) app.write(`node_modules/${name}/${file}`, text);
}

const answer = { status: 0, stdout: "{ one: 1 }\n" };

test.each(Object.keys(commands))(
  "a build gets the better-sqlite3 that works on this Node: %s",
  async (name) => {
    expect(await app.run([`build/commands/${name}.js`])).toMatchObject(answer);
  },
);

test.each(Object.keys(commands))("tsx does too: %s", async (name) => {
  expect(await app.run(["node_modules/tsx/dist/cli.mjs", `commands/${name}.ts`])).toMatchObject(answer);
});

test("the build that contains it is not older than its sources", async () => {
  expect(await app.laju("inspect")).toMatchObject({ status: 0, stderr: "" });
});
