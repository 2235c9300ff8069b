import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Run } from "../../../../framework/runs/ledger/run";
import { makeApp, type TestApp } from "../../../support/apps/app";
import { withLedger } from "../../../support/ledger";
import { recordedRuns } from "../../../support/runs";
import { mysqlNeed, startMysql } from "../../../support/servers/mysql";
import { postgresNeed, startPostgres } from "../../../support/servers/postgres";
import { redisNeed, startRedis } from "../../../support/servers/redis";
import { type TestServer, until } from "../../../support/servers/server";

const writes = 'appendFileSync(String(process.env.WORK), [process.env.SERVER, name].join(" ") + "\\n");';
const declared = (name: string, meta: string, body = writes) => `
import { appendFileSync } from "node:fs";
import { command } from "../app/console/command";
const name = "${name}";
export default command({ ${meta} async run() { ${body} } });`;

const commands = {
  "commands/Declared.ts": declared("Declared", 'schedule: "* * * * *", oneServer: true,'),
  "commands/Skips.ts": declared("Skips", 'schedule: "* * * * *", oneServer: { whenUnavailable: "skip" },'),
  "commands/Script.ts": `import { appendFileSync } from "node:fs";
    export const meta = { schedule: "* * * * *", oneServer: { whenUnavailable: "fail" } };
    const name = "Script"; ${writes} process.exit(0);`,
  "commands/Daily.ts": declared("Daily", 'schedule: "0 8 * * *", oneServer: true,'),
  "commands/Retries.ts": declared(
    "Retries",
    'schedule: "* * * * *", oneServer: true, retries: 2, retryDelay: "20ms",',
    `${writes} throw new Error("again");`,
  ),
  "commands/Rare.ts": declared("Rare", 'schedule: "0 0 29 2 *", oneServer: true,'),
};

let built: TestApp;
beforeAll(async () => {
  built = makeApp(commands);
  expect((await built.laju("build")).stderr).toBe("");
});
afterAll(() => built.remove());

/** Two servers: copies of one app with separate data folders and a shared store. */
class Servers {
  readonly apps = [built.copy(), built.copy()];
  readonly work = `${this.apps[0].root}/work`;

  /** Starts the command on all servers at once, `times` times on each. */
  start(name: string, env: NodeJS.ProcessEnv, times = 1) {
    const starts = this.apps.flatMap((app, server) => Array.from({ length: times }, () => ({ app, server })));
    return Promise.all(
      starts.map(({ app, server }) =>
        app.run([`commands/${name}.js`], {
          cwd: `${app.root}/build`,
          env: { WORK: this.work, SERVER: String(server), ...env },
        }),
      ),
    );
  }

  /** The lines that a command's runs wrote, one per completed run. */
  done(name: string): string[] {
    try {
      return this.apps[0]
        .read("work")
        .split("\n")
        .filter((line) => line.endsWith(` ${name}`));
    } catch {
      return [];
    }
  }

  runs(name: string): Run[] {
    return this.apps.flatMap(({ root }) => recordedRuns(root, name));
  }

  remove() {
    for (const app of this.apps) app.remove();
  }
}

const minute = 60_000;
/** A separate scheduled time for each try, so that none depends on the clock. */
let moment = Math.floor(Date.now() / minute) * minute;
const nextSlot = () => {
  moment -= minute;
  return { LAJU_SLOT: String(moment) };
};

const stores = [
  { store: "Redis", need: redisNeed, begin: () => startRedis(), variable: "REDIS_URL" },
  { store: "PostgreSQL", need: postgresNeed, begin: startPostgres, variable: "DATABASE_URL" },
  { store: "MySQL", need: mysqlNeed, begin: startMysql, variable: "DATABASE_URL" },
];

for (const { store, need, begin, variable } of stores) {
  describe.skipIf(need.skip)(`oneServer with ${store}${need.label}`, () => {
    let server: TestServer;
    let servers: Servers;
    let env: NodeJS.ProcessEnv;
    beforeAll(async () => {
      server = await begin();
      env = { [variable]: server.url };
      servers = new Servers();
    });
    afterAll(async () => {
      servers.remove();
      await server.stop();
    });

    test("runs once per scheduled time, whichever server comes first", async () => {
      const rounds = [
        { name: "Declared", total: 1 },
        { name: "Script", total: 1 },
        { name: "Declared", total: 2 },
      ];
      for (const { name, total } of rounds) {
        const ended = await servers.start(name, { ...env, ...nextSlot() }, total === 1 ? 2 : 1);
        expect(ended.map(({ status, stderr }) => ({ status, stderr }))).toEqual(
          ended.map(() => ({ status: 0, stderr: expect.not.stringContaining("Error") })),
        );
        expect(servers.done(name)).toHaveLength(total);
      }
      const states = servers.runs("Declared").map(({ state }) => state);
      expect(states.filter((state) => state === "succeeded")).toHaveLength(2);
      expect(new Set(states)).toEqual(new Set(["succeeded", "skipped"]));
    });

    test("names the server that ran it", async () => {
      const slot = nextSlot();
      await servers.start("Daily", { ...env, ...slot });
      const skipped = servers.runs("Daily").filter(({ state }) => state === "skipped");
      const time = new Date(Number(slot.LAJU_SLOT)).toISOString();
      expect(skipped.map(({ message }) => message)).toEqual([`run by ${skipped[0].host} for ${time}`]);
      const statuses = servers.apps.map((app) => app.laju("status", "Daily", "--json"));
      const rows = (await Promise.all(statuses)).map(({ stdout }) => JSON.parse(stdout).commands[0]);
      expect(new Set(rows.map((row) => row.ranElsewhere))).toEqual(new Set([skipped[0].host, null]));
    });

    test("keeps retries on the server of the first attempt", async () => {
      await servers.start("Retries", { ...env, ...nextSlot() });
      const lines = servers.done("Retries");
      expect(lines).toHaveLength(3);
      expect(new Set(lines).size).toBe(1);
    });

    test("does not wait forever for a silent store", async () => {
      process.kill(server.pid, "SIGSTOP");
      const slot = nextSlot();
      const ended = await servers.start("Skips", { ...env, ...slot });
      process.kill(server.pid, "SIGCONT");
      expect(ended.map(({ status }) => status)).toEqual([0, 0]);
      for (const { stderr } of ended)
        expect(stderr).toContain("cannot tell whether another server runs it: ");
      expect(servers.done("Skips")).toEqual([]);
    });

    test("fails or skips without its store, as the command says, and never runs", async () => {
      const done = () => ["Declared", "Skips", "Retries"].map((name) => servers.done(name).length);
      const before = done();
      await server.stop();
      const failed = await servers.start("Declared", { ...env, ...nextSlot() });
      const skipped = await servers.start("Skips", { ...env, ...nextSlot() });
      const tried = await servers.start("Retries", { ...env, ...nextSlot() });
      expect(failed.map(({ status }) => status)).toEqual([1, 1]);
      expect(tried.map(({ status }) => status)).toEqual([1, 1]);
      expect(skipped.map(({ status }) => status)).toEqual([0, 0]);
      expect(done()).toEqual(before);
      expect(servers.runs("Declared")[0]).toMatchObject({ state: "failed", exitStatus: 1 });
      const rows = servers.runs("Skips");
      expect(rows.map(({ state }) => state)).toEqual(rows.map(() => "skipped"));
      for (const { message } of rows)
        expect(message).toMatch(/^cannot tell whether another server runs it: /);
    });
  });
}

describe.skipIf(redisNeed.skip)(`oneServer${redisNeed.label}`, () => {
  let server: TestServer;
  let servers: Servers;
  beforeAll(async () => {
    server = await startRedis();
    servers = new Servers();
    for (const app of servers.apps) app.write(".env", `REDIS_URL=${server.url}\n`);
  });
  afterAll(async () => {
    servers.remove();
    await server.stop();
  });

  test("uses the minute of the start if no scheduled time is known", async () => {
    await until(() => new Date().getSeconds() < 40, { what: "a minute with room in it" });
    await servers.start("Rare", {}, 2);
    expect(servers.done("Rare")).toHaveLength(1);
  });

  test("does not limit laju run and workers under pm2", async () => {
    const before = servers.done("Daily").length;
    const [app] = servers.apps;
    const byHand = { WORK: servers.work, SERVER: "0", LAJU_BY_HAND: "1" };
    for (const more of [byHand, byHand, { WORK: servers.work, SERVER: "0", pm_id: "0" }]) {
      expect((await app.run(["build/commands/Daily.js"], { env: more })).status).toBe(0);
    }
    expect(servers.done("Daily")).toHaveLength(before + 3);
  });

  test("adds the schedule to every entry, even if cron is exact", async () => {
    const { stdout } = await servers.apps[0].laju("crontab");
    const [, id] = /^0 8 \* \* \* cd \S+ && LAJU_ENTRY=(\w{8}) /m.exec(stdout) ?? [];
    const [app] = servers.apps;
    const late = await app.run(["commands/Daily.js"], {
      cwd: `${app.root}/build`,
      env: { LAJU_ENTRY: id, WORK: servers.work },
    });
    // This depends on the clock, because the test may happen to run at eight o'clock.
    expect(late).toMatchObject({ status: 0, stderr: "" });
  });

  test("claims nothing that is too old for the store", async () => {
    const slot = { LAJU_SLOT: String(Date.now() - 13 * 3_600_000) };
    const [ended] = await servers.start("Daily", slot);
    expect(ended.stderr).toMatch(
      /skipped Daily: its time, \S+, is too long ago to tell whether another server ran it/,
    );
  });

  test("is not missed for the monitor if another server ran it", async () => {
    const [here, there] = servers.apps;
    const day = 24 * 3_600_000;
    const slots = [3, 2, 1].map((ago) => Math.floor((Date.now() - 10 * minute) / day) * day - ago * minute);
    here.write("commands/Daily.ts", declared("Daily", 'schedule: "57-59 23 * * *", oneServer: true,'));
    expect((await here.laju("build")).stderr).toBe("");
    expect((await here.laju("monitor")).stderr).toBe("");
    withLedger(`${here.root}/data`, (ledger) => {
      // Delete runs that another test started by hand, because they would count for the last of these times.
      ledger.exec("DELETE FROM runs WHERE name = 'Daily'");
      ledger
        .prepare("UPDATE watched SET checked_until = ? WHERE name = 'Daily'")
        .run((slots[0] as number) - 1);
    });
    for (const slot of slots.slice(0, 2)) {
      await there.run(["build/commands/Daily.js"], { env: { LAJU_SLOT: String(slot), WORK: servers.work } });
    }
    // The monitor asks the store only for times within twelve hours. It ignores older ones, whose claims are unknown.
    const isKnown = Date.now() - (slots[2] as number) < 12 * 3_600_000;
    const { news, failures } = JSON.parse((await here.laju("monitor", "--json")).stdout);
    expect(failures).toEqual([]);
    const told = news.filter((line: string) => line.startsWith("Daily "));
    expect(told).toEqual(
      isKnown ? [expect.stringMatching(/^Daily did not start at \S+ \d+ \w+ 23:59$/)] : [],
    );
  });

  test("fails with a message if there is no store, and doctor says so", async () => {
    const [, app] = servers.apps;
    app.write(".env", "");
    const ended = await app.run(["build/commands/Skips.js"], { env: { WORK: servers.work } });
    expect(ended.status).toBe(1);
    expect(ended.stderr).toBe(
      "laju: not running Skips: oneServer needs a store shared by all servers, but none is configured\n" +
        "  Set REDIS_URL, or DATABASE_URL to PostgreSQL or MySQL, or remove oneServer from the command.\n",
    );
    const checks = JSON.parse((await app.laju("doctor", "--json")).stdout);
    const found = checks.find(({ name }: { name: string }) => name === "one server");
    expect(found).toMatchObject({ state: "bad", cure: expect.stringContaining("Set REDIS_URL") });
  });

  test("is checked by doctor, which contacts the store", async () => {
    const [app] = servers.apps;
    const look = async () => {
      const checks = JSON.parse((await app.laju("doctor", "--json")).stdout);
      return checks.find(({ name }: { name: string }) => name === "one server");
    };
    expect(await look()).toMatchObject({ state: "fine", message: expect.stringMatching(/using Redis at /) });
    await server.stop();
    expect(await look()).toMatchObject({
      state: "bad",
      message: expect.stringContaining("cannot run: Redis at"),
    });
  });
});
