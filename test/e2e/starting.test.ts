import { readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Run } from "../../framework/runs/ledger/run";
import { type Ended, makeApp, type TestApp } from "../support/apps/app";

/** A command that prints what authors of commands rely on: arguments, `.env`, data/, views, the working directory. */
const tells = `
import { command } from "../app/console/command";
import DB from "../app/services/DB";
import { logInfo } from "../app/services/Logger";
import { Mailer } from "../app/services/Mailer";
import SQLite from "../app/services/SQLite";
import view from "../app/services/View";

export default command({
  description: "Tells where it is",
  schedule: "0 8 * * *",
  timeout: "1m",
  options: {
    days: { type: "string", default: "30", short: "d", description: "Age in days" },
    dry: { type: "boolean" },
    tag: { type: "string", multiple: true },
  },
  async run({ args, options, run, signal, log }) {
    await DB("visits").insert({ days: Number(options.days) });
    await Mailer.send({ to: "ada@example.com", subject: "Hello", view: "greeting", data: { name: "<Ada>" } });
    const [{ file }] = SQLite.all("PRAGMA database_list");
    console.log(JSON.stringify({
      args, options, name: run.name, signal: signal.aborted, cwd: process.cwd(), file,
      word: process.env.WORD, greeting: view("greeting", { name: "<Ada>" }),
    }));
    logInfo("one"); log.warn("two"); log.error("three", new Error("four"));
    return { message: "told", processed: 1 };
  },
});
`;
const migration = `
import type { Knex } from "knex";
export const up = (knex: Knex) => knex.schema.createTable("visits", (table) => { table.integer("days"); });
export const down = (knex: Knex) => knex.schema.dropTable("visits");
`;
const script = `
import DB from "../app/services/DB";
import { logInfo, logError } from "../app/services/Logger";
(async () => {
  try {
    await DB.from("visits").insert({ days: 1 });
    console.log(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(), word: process.env.WORD }));
    logInfo("done");
    process.exit(0);
  } catch (error) {
    logError("failed", error);
    process.exit(1);
  }
})();
`;
const files = {
  "commands/Tells.ts": tells,
  "commands/reports/Deep.ts": tells.replaceAll("../app", "../../app"),
  "commands/Script.ts": script,
  "commands/Fails.ts": script.replace('"visits"', '"nothing"'),
  "app/migrations/20260601000000_visits.ts": migration,
  "app/views/greeting.ejs": "<p>Hello <%= name %></p>\n",
  ".env": "WORD=from .env\n",
};

interface Way {
  from: (app: TestApp) => string;
  program?: (app: TestApp) => string;
  file: (name: string, app: TestApp) => string;
}

const root = (app: TestApp) => app.root;
const build = (app: TestApp) => join(app.root, "build");
const tsx = (app: TestApp) => join(app.root, "node_modules", ".bin", "tsx");
const release = (app: TestApp) => join(app.root, "..", "current");

/** Every way in which people, cron and deployments start a command. In all of them, it has to run in the app's root. */
const ways: Record<string, Way> = {
  "npx tsx commands/X.ts": { from: root, program: tsx, file: (name) => `commands/${name}.ts` },
  "npx tsx commands/X": { from: root, program: tsx, file: (name) => `commands/${name}` },
  "npx tsx ./commands/X.ts by a symlink": {
    from: release,
    program: tsx,
    file: (name, app) => join(release(app), "commands", `${name}.ts`),
  },
  "node build/commands/X.js": { from: root, file: (name) => `build/commands/${name}.js` },
  "node build/commands/X": { from: root, file: (name) => `build/commands/${name}` },
  "cd build && node commands/X.js": { from: build, file: (name) => `commands/${name}.js` },
  "cd build && node commands/X": { from: build, file: (name) => `commands/${name}` },
  "cd current/build && node commands/X.js, current being a symlink": {
    from: (app) => join(release(app), "build"),
    file: (name) => `commands/${name}.js`,
  },
  "node current/build/commands/X.js, current being a symlink": {
    from: root,
    file: (name, app) => join(release(app), "build", "commands", `${name}.js`),
  },
};

function start(app: TestApp, way: Way, name: string, args: string[] = []): Promise<Ended> {
  return app.run([way.file(name, app), ...args], {
    cwd: way.from(app),
    ...(way.program && { program: way.program(app) }),
  });
}

describe("every way of starting a command", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await readyApp("app");
  });
  afterAll(() => app?.remove());

  describe.each(Object.entries(ways))("%s", (_, way) => {
    test("gives a declared command its arguments and environment", async () => {
      await expectTold(app, way, "Tells");
    });

    // Each way of naming the file for tsx starts the same command.
    if (way.program && way !== ways["npx tsx commands/X.ts"]) return;
    test("gives a script its arguments and environment", async () => {
      await expectScriptDone(app, way);
    });

    test("answers --help, and exits with status 2 for an unknown option", async () => {
      const helped = await start(app, way, "Tells", ["--help"]);
      expect(helped).toEqual({ status: 0, signal: null, stderr: "", stdout: help });
      const wrong = await start(app, way, "Tells", ["--day", "7"]);
      const stderr = "Tells: unknown option --day\n  Available options: --days, --dry, --tag.\n";
      expect(wrong).toMatchObject({ status: 2, stdout: "", stderr });
    });
  });

  test.each(["npx tsx commands/X.ts", "cd build && node commands/X.js"])(
    "%s starts a command in a folder, and passes its failure on",
    async (way) => {
      await expectTold(app, ways[way] as Way, "reports/Deep");
      const failed = await start(app, ways[way] as Way, "Fails");
      expect(failed).toMatchObject({ status: 1, stdout: "" });
      expect(JSON.parse(failed.stderr)).toMatchObject({ level: "error", message: "failed" });
      expect(failed.stderr).toContain("no such table: nothing");
    },
  );

  test("built commands are recorded in one ledger, runs from source are not", async () => {
    const runs: Run[] = JSON.parse((await app.laju("runs", "--json", "--limit", "1000")).stdout);
    const compiled = Object.keys(ways).filter((way) => !way.includes("tsx"));
    const count = (command: string, status: number) =>
      runs.filter((run) => run.name === command && run.exitStatus === status).length;
    expect(count("Tells", 0)).toBe(compiled.length);
    expect(count("Tells", 2)).toBe(compiled.length);
    expect(count("Script", 0)).toBe(compiled.length);
    expect(count("reports/Deep", 0)).toBe(1);
    expect(count("Fails", 1)).toBe(1);
    expect(runs).toHaveLength(compiled.length * 3 + 2);
  });
});

describe("in a folder with spaces, quotes, %, $ and unicode in its name", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await readyApp(`it's "100%" ünïcödé 🦉 $HOME #`);
  });
  afterAll(() => app?.remove());

  test.each(Object.entries(ways).filter(([way]) => !way.endsWith("/X")))("%s", async (_, way) => {
    await expectTold(app, way, "Tells");
    if (!way.program) await expectScriptDone(app, way);
  });

  test("node laju run", async () => {
    expect(await app.laju("run", "Script")).toMatchObject({ status: 0 });
  });
});

async function readyApp(name: string): Promise<TestApp> {
  const app = makeApp(files, { name });
  symlinkSync(app.root, release(app));
  expect(await app.laju("build")).toMatchObject({ status: 0, stderr: "" });
  expect(await app.laju("migrate")).toMatchObject({ status: 0, stderr: "" });
  return app;
}

async function expectTold(app: TestApp, way: Way, command: string): Promise<void> {
  const args = ["a", "-d", "7", "--dry", "--tag=x", "--tag", "y", "--", "--b"];
  const ended = await start(app, way, command, args);
  expect(ended.status).toBe(0);
  const { told, log } = parts(ended.stdout);
  expect(told).toEqual({
    args: ["a", "--b"],
    options: { days: "7", dry: true, tag: ["x", "y"] },
    name: command,
    signal: false,
    cwd: app.root,
    file: join(app.root, "data", "dev.sqlite3"),
    word: "from .env",
    greeting: "<p>Hello &lt;Ada&gt;</p>\n",
  });
  expect(log).toEqual(["info Mail written to the outbox", "info one", "warn two", "info told"]);
  expect(parts(ended.stderr).log).toEqual(["error three"]);
  expect(filesOf(app)).toEqual(["data/dev.sqlite3", "data/outbox/*.eml"]);
}

async function expectScriptDone(app: TestApp, way: Way): Promise<void> {
  const ended = await start(app, way, "Script", ["a", "--b"]);
  expect(ended).toMatchObject({ status: 0, stderr: "" });
  const { told, log } = parts(ended.stdout);
  expect(told).toEqual({ args: ["a", "--b"], cwd: app.root, word: "from .env" });
  expect(log).toEqual(["info done"]);
}

const help = `Tells  Tells where it is

Schedule  0 8 * * *
Timeout   1m

Options
  -d, --days <value>   Age in days (default 30)
  --dry
  --tag <value>        (repeatable)
  -h, --help           Show this help
`;

/** What a command printed, and "level message" for each line that it logged. */
function parts(output: string): { told: unknown; log: string[] } {
  const lines = output
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  return {
    told: lines.find(({ level }) => level === undefined),
    log: lines.filter(({ level }) => level).map(({ level, message }) => `${level} ${message}`),
  };
}

/**
 * The files that commands have written outside the sources and the build. Leaves out the ledger and the locks, because
 * runs under tsx have none.
 */
function filesOf(app: TestApp): string[] {
  const known = ["app", "build", "commands", "framework", "node_modules"];
  const found = readdirSync(app.root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !known.includes(entry.name))
    .flatMap(({ name }) =>
      readdirSync(join(app.root, name), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(app.root.length + 1)),
    )
    .filter((path) => !/-(wal|shm|migrating)$|runs\.(sqlite3|journal)|^data\/(locks|incidents)\//.test(path))
    .map((path) => path.replace(/[^/]+\.eml$/, "*.eml"));
  return [...new Set(found)].sort();
}
