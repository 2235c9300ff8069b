import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp, type TestApp } from "../../support/apps/app";
import { recordedRuns } from "../../support/runs";

const logger = 'import { logInfo } from "../app/services/Logger";';
const tell =
  'console.log(JSON.stringify({ options, args, name: run.name })); setInterval(() => {}, 1000); return "done";';
const meta = `{ description: "Tells", retries: 1, retryDelay: "0s", options: { days: { type: "string", default: "3" } } }`;

const files = {
  "commands/Bare.ts": 'export async function run() { console.log("ran"); }',
  "commands/Told.ts": `${logger} export const meta = ${meta}; export const run = async ({ options, args, run }) => { ${tell} };`,
  "commands/Later.ts": `${logger} const about = ${meta}; export { about as meta }; async function main({ options, args, run }) { ${tell} } export { main as run };`,
  "commands/Object.ts": `import view from "../app/services/View"; export default { description: "Tells", options: { days: { type: "string", default: "3" } }, run({ options, args, run }) { ${tell} } };`,
  "commands/Split.ts": `${logger} export const meta = ${meta}; export default { run: ({ options, args, run }) => { ${tell} } };`,
  "commands/Plain.ts": `${logger} export const meta = ${meta}; export default async function ({ options, args, run }) { ${tell} }`,
  "commands/Awaits.ts": `${logger} export const meta = ${meta}; await Promise.resolve(); export async function run({ options, args, run }) { ${tell} }`,
  "commands/Fails.ts": `${logger} export const meta = ${meta}; export async function run({ run }) { console.log("attempt"); return { processed: 1, failed: 1 }; }`,
  "commands/Itself.ts": `${logger} export async function run() { console.log("once"); }\nvoid run();`,
  "commands/Made.ts": 'import { make } from "../app/make"; export default make("x");',
  "commands/Empty.ts": `${logger} export const run = makeNothing(); function makeNothing() { return undefined; }`,
  "commands/Loops.ts": "for await (const n of [1, 2]) console.log(n);",
  "commands/dates.ts": "export const day = 86_400_000;",
  "commands/reports/rows.ts": "export function rows() {}",
  "app/make.ts": "export const make = (name: string) => ({ name, run() {} });",
};
const telling = ["Told", "Later", "Object", "Split", "Plain", "Awaits"];

let app: TestApp;
let built: Awaited<ReturnType<TestApp["laju"]>>;
beforeAll(async () => {
  app = makeApp(files);
  built = await app.laju("build");
});
afterAll(() => app?.remove());
const start = (name: string, ...args: string[]) => app.run([`build/commands/${name}.js`, ...args]);
const tsx = (name: string, ...args: string[]) =>
  app.run([`commands/${name}.ts`, ...args], { program: join(app.root, "node_modules/.bin/tsx") });

const helpers = `  commands/dates.ts only exports helpers, so it is not a command: rename it to commands/_dates.ts, or export a function named run
  commands/reports/rows.ts only exports helpers, so it is not a command: rename it to commands/reports/_rows.ts, or export a function named run
`;

test("helper modules are skipped with a warning and don't fail the build", async () => {
  expect(built).toMatchObject({ status: 0, stderr: helpers });
  expect(built.stdout).toContain(
    "Bare imports nothing from laju: try it with node laju run Bare, not with tsx",
  );
  const listed = await app.laju("list", "--json");
  expect(listed).toMatchObject({ status: 0, stderr: helpers });
  expect(JSON.parse(listed.stdout).map(({ name }: { name: string }) => name)).not.toContain("dates");
  expect(await app.laju("build")).toMatchObject({ status: 0, stderr: helpers });
  // Helper modules are inputs in the manifest too, so that the build doesn't look outdated.
  expect(JSON.parse(app.read("build/commands.json")).inputs).toHaveProperty(["commands/dates.ts"]);
});

describe.each(telling)("%s", (name) => {
  test("gets its options, built and under tsx, and exits by itself", async () => {
    const told = JSON.stringify({ options: { days: "7" }, args: ["a"], name });
    for (const ended of await Promise.all([start(name, "--days", "7", "a"), tsx(name, "--days", "7", "a")])) {
      expect(ended).toMatchObject({ status: 0, stderr: "" });
      expect(ended.stdout.split("\n")[0]).toBe(told);
    }
    expect(recordedRuns(app.root, name)).toMatchObject([{ state: "succeeded", message: "done" }]);
  });

  test("answers --help, and exits with status 2 for an unknown option", async () => {
    // Under tsx, testing one form is enough, because the test above shows that tsx reads the options of every form.
    const underTsx = name === "Told" ? [tsx(name, "--help")] : [];
    const ended = await Promise.all([start(name, "--help"), ...underTsx]);
    for (const { stdout } of ended) expect(stdout).toMatch(/Tells[\s\S]*--days <value> {3}\(default 3\)/);
    expect(await start(name, "--dys")).toMatchObject({ status: 2, stdout: "" });
  });
});

test("exporting only run is enough", async () => {
  expect(await start("Bare")).toMatchObject({ status: 0, stdout: "ran\n", stderr: "" });
  expect(await app.laju("run", "Bare")).toMatchObject({ status: 0, stdout: "ran\n" });
});

test("a partial failure is retried and exits with status 1", async () => {
  const ended = await start("Fails");
  expect(ended.status).toBe(1);
  expect(ended.stdout.match(/attempt/g)).toHaveLength(2);
});

test.each(["build", "tsx"])("a script that exports run and calls it is started once (%s)", async (way) => {
  expect(await (way === "build" ? start("Itself") : tsx("Itself"))).toMatchObject({
    status: 0,
    stdout: "once\n",
  });
});

test("a command that is only recognized at run time is not a success either", async () => {
  const made = await start("Made");
  expect(made.status).toBe(1);
  expect(made.stderr).toContain(
    "Made exports a command that the build could not recognize, so nothing was run",
  );
  const empty = await start("Empty");
  expect(empty.status).toBe(1);
  expect(empty.stderr).toContain("Empty exports a run that is not a function");
  for (const name of ["Made", "Empty"])
    expect(recordedRuns(app.root, name)).toMatchObject([{ state: "failed" }]);
});

test("a file without imports may use for await at the top level", async () => {
  expect(await start("Loops")).toMatchObject({ status: 0, stdout: "1\n2\n", stderr: "" });
});

test("a file that would do nothing is an error of build and list, with file and line", async () => {
  app.write("commands/Idle.ts", "async function main() {}\n");
  for (const verb of ["build", "list"]) {
    const ended = await app.laju(verb);
    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain(
      "✗ commands/Idle.ts:1:1  this file does nothing when started: nothing calls main()",
    );
  }
  rmSync(join(app.root, "commands/Idle.ts"));
});

test("a built command that becomes a helper module is removed", async () => {
  app.write("commands/Bare.ts", "export function run2() {}\n");
  const ended = await app.laju("build");
  expect(ended.status).toBe(0);
  expect(ended.stdout).toContain("Bare removed: it is no longer a command");
});

test("under tsx, invalid metadata is an error with file and line", async () => {
  app.write(
    "commands/Wrong.ts",
    `${logger} export const meta = { shedule: "x" }; export async function run() {}`,
  );
  const ended = await tsx("Wrong");
  expect(ended).toMatchObject({ status: 2, stdout: "" });
  expect(ended.stderr).toMatch(/^commands\/Wrong\.ts:1:\d+ {2}unknown field "shedule"/);
});
