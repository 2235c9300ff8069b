import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../../support/apps/app";

const jobsTable = "20260101000600_create_jobs_table";
const visits = "20260601000000_visits";
const migration = `
  export const up = (knex: any) => knex.schema.createTable("visits", (table: any) => table.increments());
  export const down = (knex: any) => knex.schema.dropTable("visits");
`;

let app: TestApp;
beforeAll(() => {
  app = makeApp({ [`app/migrations/${visits}.ts`]: migration });
  // Apps created by an early laju contain copies of the migrations that laju now has itself.
  app.write(`app/migrations/${jobsTable}.ts`, app.read(`framework/migrations/${jobsTable}.ts`));
});
afterAll(() => app.remove());

const done = async () => {
  const { stdout } = await app.laju("migrate:status", "--json");
  const rows: { name: string; isDone: boolean }[] = JSON.parse(stdout);
  return rows.filter(({ isDone }) => isDone).map(({ name }) => name);
};

describe("laju's migrations and the app's share one history", () => {
  test("both run in the order of their names, and a name that both have runs once", async () => {
    const { status, stdout } = await app.laju("migrate");
    expect(status).toBe(0);
    const ran = stdout.split("\n").flatMap((line) => /\d{14}_\w+/.exec(line)?.[0] ?? []);
    expect(ran.filter((name) => name === jobsTable)).toHaveLength(1);
    expect(ran).toEqual([...ran].sort());
    expect(ran).toContain(visits);
  });

  test("a rollback undoes the app's last batch and leaves laju's own tables alone", async () => {
    expect(await app.laju("migrate:rollback", "--all")).toMatchObject({ status: 0 });
    const left = await done();
    expect(left).toContain(jobsTable);
    expect(left).not.toContain(visits);
    expect(await app.laju("migrate:rollback")).toMatchObject({ status: 0, stdout: "Nothing to undo.\n" });
  });

  test("laju's own are rolled back only if named", async () => {
    const cache = "20260101000000_create_cache_table";
    const undone = await app.laju("migrate:rollback", cache);
    expect(undone).toMatchObject({ status: 0, stdout: expect.stringContaining(`${cache} undone`) });
    expect(await done()).not.toContain(cache);
  });

  test("a migration that has not run cannot be rolled back", async () => {
    const refused = await app.laju("migrate:rollback", visits);
    expect(refused).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(`${visits} has not run on this database`),
    });
  });
});

test("renaming the package in a fork fails immediately with an explanation", async () => {
  const fork = app.copy();
  rmSync(join(fork.root, "package.json"));
  fork.write("package.json", app.read("package.json").replace('"name": "laju"', '"name": "mine"'));
  const refused = [await fork.laju("list"), await fork.laju("build")];
  fork.remove();
  for (const { status, stderr } of refused) {
    expect(stderr).toContain('package.json names this package "mine"');
    expect(status).toBe(1);
  }
});
