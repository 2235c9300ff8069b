import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type BenchApp, copyOfMadeApp, makeBenchApp } from "../support/benchApp";
import { cronEnvironment, type Program } from "../support/probe";
import { type Case, cases } from "./cases";
import { compileNaive } from "./naive";
import { installedPeers } from "./peers";
import type { Servers } from "./servers";

/** The programs to measure with one version of Node. */
export interface Setup {
  app: BenchApp;
  bare: Program;
  /**
   * The programs of each case: laju's form, the naive form with only the services that it needs, and with all services.
   */
  ours: Map<string, Program>;
  needed: Map<string, Program>;
  all: Map<string, Program>;
  peers: Map<string, Program>;
  /** The cases that can't be measured, because their server is not installed. */
  skipped: Case[];
}

/** Creates an app, or copies one that `new` created. Builds it with this Node, and fills its databases. */
export async function setUp(node: string, { urls }: Servers, madeApp?: string): Promise<Setup> {
  const app =
    madeApp === undefined ? makeBenchApp(commandFiles(), node) : copyOfMadeApp(madeApp, commandFiles(), node);
  const sqlite = join(app.root, "data", "bench.sqlite3");
  const settings = { REDIS_URL: urls.redis ?? "", MAIL_URL: urls.smtp ?? "" };
  const variables = { ...settings, DATABASE_URL: `file:${sqlite}`, NODE_ENV: "production" };
  app.write(
    ".env",
    Object.entries(variables)
      .map((pair) => `${pair.join("=")}\n`)
      .join(""),
  );
  app.laju(["build"]);
  app.laju(["migrate"]);
  if (urls.postgres) app.laju(["migrate"], { DATABASE_URL: urls.postgres });
  const folder = dirname(app.root);
  await compileNaive(join(folder, "naive"));
  mkdirSync(join(app.root, "logs"));
  writeFileSync(join(folder, "empty.js"), "");

  const found = cases.filter((one) => one.needs === undefined || urls[one.needs]);
  const build = join(app.root, "build");
  const make = (cwd: string, argv: string[], env: Record<string, string> = {}) =>
    ({
      argv,
      cwd,
      env: { ...cronEnvironment(), ...env },
      log: join(app.root, "logs", "bench.log"),
    }) as Program;
  const naive = (one: Case, part: string) =>
    make(join(folder, "naive"), [node, `${part}/${one.name}.js`], {
      BENCH_SQLITE: sqlite,
      ...settings,
      ...databaseOf(one, urls.postgres),
    });
  const hasNaive = found.filter(({ name }) => name !== "LogLimited");
  const path = `${dirname(node)}:${cronEnvironment().PATH}`;
  return {
    app,
    bare: make(folder, [node, "empty.js"]),
    ours: byKey(found, (one) =>
      make(build, [node, `commands/${one.name}.js`], databaseOf(one, urls.postgres)),
    ),
    needed: byKey(hasNaive, (one) => naive(one, "commands")),
    all: byKey(hasNaive, (one) => naive(one, "all")),
    peers: new Map(
      installedPeers(node).map((peer) => [peer.label, make(peer.folder, peer.argv, { PATH: path })]),
    ),
    skipped: cases.filter((one) => !found.includes(one)),
  };
}

function commandFiles(): Record<string, string> {
  const folder = join(import.meta.dirname, "commands");
  const files = readdirSync(folder);
  return Object.fromEntries(
    files.map((file) => [`commands/${file}`, readFileSync(join(folder, file), "utf8")]),
  );
}

function databaseOf({ needs }: Case, postgres: string | undefined): Record<string, string> {
  return needs === "postgres" && postgres ? { DATABASE_URL: postgres } : {};
}

function byKey(list: Case[], program: (one: Case) => Program): Map<string, Program> {
  return new Map(list.map((one) => [one.key, program(one)]));
}
