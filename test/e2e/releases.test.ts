import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../support/apps/app";
import { type FakeCrontab, fakeCrontab } from "../support/crontab/fakeCrontab";
import { withLedger } from "../support/ledger";

const docs = readFileSync(join(import.meta.dirname, "../../docs/how-to/deploy.md"), "utf8");
const table = (name: string) => `
export const up = (knex) => knex.schema.createTable("${name}", (table) => { table.text("note"); });
export const down = (knex) => knex.schema.dropTable("${name}");`;
const daily = (hour: number) => `export const meta = { schedule: "0 ${hour} * * *" }; console.log("done");`;

describe("releases, as in docs/how-to/deploy.md", () => {
  let app: TestApp;
  let cron: FakeCrontab;
  let folder: string;
  const made: TestApp[] = [];

  beforeAll(async () => {
    cron = fakeCrontab();
    app = makeApp({ "commands/Daily.ts": daily(8), "app/migrations/20270101_old.ts": table("old") });
    folder = dirname(app.root);
    for (const path of ["releases", "shared"]) mkdirSync(join(folder, path));
    const settings = `NODE_ENV=production\nDB_CONNECTION=production\nLAJU_DATA=${folder}/shared/data\nLAJU_LOGS=${folder}/shared/logs\n`;
    writeFileSync(join(folder, "shared", ".env"), settings, { mode: 0o600 });
    await release("41");
    app.write("commands/Daily.ts", daily(9));
    app.write("app/migrations/20270201_new.ts", table("fresh"));
    await release("42");
  });
  afterAll(() => {
    for (const one of [app, ...made]) one?.remove();
    cron?.remove();
  });

  /** Creates a release as deployed: without sources. */
  async function release(name: string): Promise<void> {
    expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
    const copy = app.copy();
    made.push(copy);
    renameSync(copy.root, join(folder, "releases", name));
    for (const sources of ["app", "commands", "framework"]) {
      rmSync(join(folder, "releases", name, sources), { recursive: true });
    }
  }

  /** A section's script, adapted to another release and folder, without npm. */
  function script(heading: string, from: string, to: string): string {
    const [, code = "false"] = /```\n(cd [\s\S]*?)```/.exec(docs.slice(docs.indexOf(heading))) ?? [];
    return code.replaceAll("/srv/app", folder).replaceAll(from, to).replace("npm ci --omit=dev", "true");
  }
  const sh = (code: string, cwd = folder) => {
    const PATH = `${cron.folder}/bin:${dirname(process.execPath)}:${process.env.PATH}`;
    return app.run(["-euc", code], { program: "/bin/sh", cwd, env: { PATH } });
  };
  const current = (command: string) => sh(command, join(folder, "current"));

  test("can be deployed one after another and rolled back", async () => {
    for (const name of ["41", "42"]) {
      const deployed = await sh(script("## Releases", "42", name));
      expect(deployed).toMatchObject({ status: 0, stderr: "" });
      expect(deployed.stdout).toMatch(/✓ The crontab of \w+ is up to date\n$/);
    }
    expect(String(cron.table())).toContain("\n0 9 * * * ");

    // Between switching the link and installing, the verbs say which of the two is newer.
    await sh("ln -sfn releases/41 current");
    const looked = await current("node laju crontab:check; echo; node laju status");
    const newer = "is newer than this build: a later build wrote it";
    expect(looked.stdout).toContain(newer);
    const status = await current("node laju status");
    expect(status.stdout.split("\n")[0]).toMatch(new RegExp(`^✗ The crontab of \\w+ ${newer}$`));

    const back = await sh(script("### Rolling back", "41", "41"));
    expect(back).toMatchObject({ status: 0, stderr: "" });
    expect(back.stdout).toContain("✓ 20270101_old\n↷ 20270201_new   has run, but is not in this release\n");
    expect(back.stdout).toMatch(/✓ The crontab of \w+ is up to date\n$/);
    expect(String(cron.table())).toContain("\n0 8 * * * ");
    expect(String(cron.table()).match(/# BEGIN laju/g)).toHaveLength(1);
  });

  test("record runs in a ledger that a later release has extended", async () => {
    const data = join(folder, "shared", "data");
    withLedger(data, (ledger) =>
      ledger.exec("ALTER TABLE runs ADD COLUMN region TEXT; PRAGMA user_version = 900"),
    );
    expect(await current("node build/commands/Daily.js")).toMatchObject({ status: 0, stderr: "" });
    expect((await current("node laju runs")).stdout).toMatch(/✓ 1 +Daily/);
    expect((await current("node laju status --check")).stdout).toMatch(/✓ Daily/);

    // After a later release with incompatible changes, its ledger cannot be read, and the journal keeps the runs.
    withLedger(data, (ledger) => ledger.exec("PRAGMA user_version = 1000"));
    expect(await current("node build/commands/Daily.js")).toMatchObject({ status: 0, stderr: "" });
    const blind = await current("node laju status");
    expect(blind.stdout).toBe(
      `✗ The ledger ${data}/runs.sqlite3 was written by a newer laju (version 1000 of its tables)\n` +
        "  Use the newer release. Until then, runs are kept in the journal, and the newer release will show them.\n",
    );
    const looked = (await current("node laju doctor")).stdout.replaceAll(/\n +/g, " ");
    expect(looked).toMatch(/✗ ledger +the ledger \S+ was written by a newer laju/);
    const driver = process.version < "v22" ? "better-sqlite3-node20" : "better-sqlite3";
    const back = `new (require("${driver}"))("${data}/runs.sqlite3").pragma("user_version = 900")`;
    expect(await current(`node -e '${back}'`)).toMatchObject({ status: 0 });
    expect((await current("node laju runs")).stdout).toMatch(/✓ 2 +Daily/);
  });

  test("can migrate after a rollback, without undoing migrations they don't have", async () => {
    expect(await current("node laju migrate")).toMatchObject({
      status: 0,
      stdout: "Nothing to migrate.\n",
      stderr: "",
    });
    const refused = await current("node laju migrate:rollback");
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain(
      "the migration 20270201_new cannot be rolled back: this release does not contain it",
    );
    expect((await sh("node laju migrate:rollback", join(folder, "releases/42"))).stdout).toContain(
      "_new undone",
    );
    expect((await current("node laju migrate:status --json")).stdout).not.toContain("20270201_new");
    const forward = await sh("ln -sfn releases/42 current; cd current; node laju crontab:check");
    expect(forward.stdout).toContain("is older than the build");
  });
});
