import { realpathSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Run } from "../../framework/runs/ledger/run";
import { type Ended, makeApp, type TestApp } from "../support/apps/app";
import { nodeProgram, otherNodes } from "../support/nodes";

const files = {
  "commands/Works.ts": `
    import { command } from "../app/console/command";
    import DB from "../app/services/DB";
    import { logInfo } from "../app/services/Logger";
    import SQLite from "../app/services/SQLite";
    import view from "../app/services/View";
    export default command({
      description: "Uses what is native",
      options: { note: { type: "string", default: "none" } },
      async run({ options }) {
        await DB("visits").insert({ note: options.note });
        const [{ count }] = SQLite.all("SELECT count(*) AS count FROM visits WHERE note = ?", [options.note]);
        await DB.transaction(async (trx) => {
          for (let i = 0; i < 200; i += 1) await trx("visits").insert({ note: "many" });
        });
        // Create garbage: a driver that doesn't fit this Node crashes when its statements are garbage-collected.
        for (let i = 0; i < 2000; i += 1) SQLite.prepare("SELECT " + i).get();
        logInfo("worked", { count, node: process.versions.node, view: view("hello", { name: "x" }) });
        return "worked";
      },
    });`,
  "commands/Script.ts": `
    import DB from "../app/services/DB";
    (async () => { console.log(JSON.stringify(await DB.select(DB.raw("1 as one")).first())); process.exit(0); })();`,
  "app/views/hello.ejs": "hello <%= name %>",
  "app/migrations/20260601000000_visits.ts": `
    export const up = (knex) => knex.schema.createTable("visits", (table) => { table.text("note"); });
    export const down = (knex) => knex.schema.dropTable("visits");`,
};
const tsx = "node_modules/tsx/dist/cli.mjs";

let built: TestApp;
beforeAll(async () => {
  // The build was made by the Node that runs the tests. A server can have another one.
  built = makeApp(files);
  expect(await built.laju("build")).toMatchObject({ status: 0, stderr: "" });
});
afterAll(() => built.remove());

describe.skipIf(otherNodes.skip).each([22, 24, 26])(
  `after a single npm ci, on Node %i${otherNodes.label}`,
  (major) => {
    let app: TestApp;
    let program: string;
    beforeAll(async () => {
      program = realpathSync(await nodeProgram(major));
      app = built.copy();
    });
    afterAll(() => app?.remove());

    const run = (...args: string[]): Promise<Ended> => app.run(args, { program });
    const runs = async (): Promise<Run[]> => JSON.parse((await run("laju", "runs", "--json")).stdout);

    test("uses that Node", async () => {
      expect((await run("--version")).stdout).toMatch(new RegExp(`^v${major}\\.`));
    });

    test("runs and records commands that another Node built", async () => {
      expect(await run("laju", "migrate")).toMatchObject({ status: 0, stderr: "" });
      expect(await run("build/commands/Script.js")).toMatchObject({
        status: 0,
        stdout: '{"one":1}\n',
        stderr: "",
      });
      for (let time = 0; time < 3; time += 1) await expectWorked(await run("build/commands/Works.js"));
      expect((await runs()).map(({ name, state }) => `${name} ${state}`)).toEqual([
        "Works succeeded",
        "Works succeeded",
        "Works succeeded",
        "Script succeeded",
      ]);
    });

    test("runs sources", async () => {
      await expectWorked(await run(tsx, "commands/Works.ts", "--note", "from its source"));
      expect(await run(tsx, "commands/Script.ts")).toMatchObject({
        status: 0,
        stdout: '{"one":1}\n',
        stderr: "",
      });
    });

    test("creates, builds, lists, runs and rolls back", async () => {
      expect(await run("laju", "make:command", "Made", "--schedule", "0 8 * * *")).toMatchObject({
        status: 0,
      });
      expect(await run("laju", "build")).toMatchObject({ status: 0, stderr: "" });
      expect((await run("laju", "list")).stdout).toContain("Made");
      expect(await run("laju", "run", "Made")).toMatchObject({ status: 0 });
      await expectWorked(await run("build/commands/Works.js", "--note", "built here"));
      expect((await run("laju", "crontab")).stdout).toContain(`${program} commands/Made.js`);
      expect(await run("laju", "migrate:rollback")).toMatchObject({ status: 0, stderr: "" });
    });

    async function expectWorked(ended: Ended): Promise<void> {
      expect(ended).toMatchObject({ status: 0, signal: null, stderr: "" });
      const [line] = ended.stdout.split("\n");
      expect(JSON.parse(line as string)).toMatchObject({ message: "worked", view: "hello x" });
      expect(JSON.parse(line as string).node).toMatch(new RegExp(`^${major}\\.`));
    }
  },
);
