import { chmodSync, existsSync, lstatSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../support/apps/app";
import { type FakeCrontab, fakeCrontab } from "../support/crontab/fakeCrontab";
import { withLedger } from "../support/ledger";
import { needs } from "../support/servers/requirement";

const docs = readFileSync(join(import.meta.dirname, "../../docs/how-to/deploy.md"), "utf8");
const table = (name: string) => `
export const up = (knex) => knex.schema.createTable("${name}", (table) => { table.text("note"); });
export const down = (knex) => knex.schema.dropTable("${name}");`;
const daily = (hour: number) => `export const meta = { schedule: "0 ${hour} * * *" }; console.log("done");`;

/** Replacements for ssh and rsync that run everything on this machine. rsync passes the user's name with -l. */
const ssh = `#!/bin/sh
while [ "$1" != server ] && [ "$1" != deploy@server ]; do shift; done
shift
exec sh -c "$*"
`;
const rsync = needs("rsync");

describe.skipIf(rsync.skip)(`releases, as in docs/how-to/deploy.md${rsync.label}`, () => {
  let app: TestApp;
  let cron: FakeCrontab;
  let folder: string;

  beforeAll(async () => {
    cron = fakeCrontab();
    writeFileSync(join(cron.folder, "bin", "ssh"), ssh);
    chmodSync(join(cron.folder, "bin", "ssh"), 0o755);
    app = makeApp({
      "commands/Daily.ts": daily(8),
      "app/migrations/20270101_old.ts": table("old"),
      "package-lock.json": "{}",
      "vendor/laju-0.1.0.tgz": "",
    });
    folder = dirname(app.root);
    expect(await sh(blockWith("mkdir -p /srv/app/shared/data").replace(/^nano .*\n/m, ""))).toMatchObject({
      status: 0,
      stderr: "",
    });
    writeFileSync(join(folder, "shared", ".env"), blockWith("LAJU_SCHEDULE="), { mode: 0o600 });
    await copyRelease("41");
    app.write("commands/Daily.ts", daily(9));
    app.write("app/migrations/20270201_new.ts", table("fresh"));
    await copyRelease("42");
  });
  afterAll(() => {
    app?.remove();
    cron?.remove();
  });

  /** Builds the app and copies it to the server, without its sources. */
  async function copyRelease(name: string): Promise<void> {
    expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
    const copied = await sh(blockWith("rsync -a build").replaceAll("42", name), app.root);
    expect(copied).toMatchObject({ status: 0, stderr: "" });
    expect(existsSync(join(folder, "releases", name, "commands"))).toBe(false);
  }

  /** The code block on the page that contains this line, adapted to the test's folder. */
  function blockWith(line: string): string {
    const block = [...docs.matchAll(/^```\n([\s\S]*?)^```/gm)].find(([, code]) => code?.includes(line))?.[1];
    if (block === undefined) throw new Error(`no block of deploy.md contains ${line}`);
    return block.replaceAll("/srv/app", folder);
  }
  const sh = (code: string, cwd = folder) => {
    const PATH = `${cron.folder}/bin:${dirname(process.execPath)}:${process.env.PATH}`;
    return app.run(["-euc", code], { program: "/bin/sh", cwd, env: { PATH } });
  };
  const current = (command: string) => sh(command, join(folder, "current"));

  test("can be deployed one after another and rolled back", async () => {
    for (const name of ["41", "42"]) {
      // Running npm takes minutes. The first release links to this repository's packages, and the second one copies
      // them as documented.
      const modules = join(app.root, "node_modules");
      const packages =
        name === "41" ? `ln -s ${modules} node_modules\n` : blockWith("cmp -s package-lock.json");
      const script = blockWith("npm ci --omit=dev\nnode laju migrate\nln").replaceAll("42", name);
      const deployed = await sh(script.replace("npm ci --omit=dev\n", packages));
      expect(deployed).toMatchObject({ status: 0, stderr: "" });
      expect(deployed.stdout).toMatch(/✓ The crontab of \w+ matches the build\n$/);
    }
    expect(String(cron.table())).toContain("\n0 9 * * * ");
    expect(lstatSync(join(folder, "releases/42/node_modules")).isSymbolicLink()).toBe(true);
    expect(statSync(join(folder, "shared/data")).mode & 0o077).toBe(0);

    // After the link has been switched, but before crontab:install, the verbs say which release is newer.
    await sh("ln -sfn releases/41 current");
    const looked = await current("node laju crontab:check; echo; node laju status");
    const newer = "is newer than this build: a later build wrote it";
    expect(looked.stdout).toContain(newer);
    const status = await current("node laju status");
    expect(status.stdout.split("\n")[0]).toMatch(new RegExp(`^✗ The crontab of \\w+ ${newer}$`));

    const back = await sh(blockWith("node laju migrate:status"));
    expect(back).toMatchObject({ status: 0, stderr: "" });
    expect(back.stdout).toContain("✓ 20270101_old\n↷ 20270201_new   has run, but is not in this release\n");
    expect(back.stdout).toMatch(/✓ The crontab of \w+ matches the build\n$/);
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

    // If a later release makes incompatible changes, the ledger cannot be read, but the journal still records runs.
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
