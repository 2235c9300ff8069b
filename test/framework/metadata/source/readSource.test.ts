import { expect, test } from "vitest";
import { readSource } from "../../../../framework/metadata/source/readSource";

const read = (text: string) => readSource(text, "commands/X.ts", "X");
const daily = { schedule: "@daily" };

test.each([
  "export async function run() {}",
  "export const run = async () => {};",
  "const run = () => {}; export { run };",
  "async function main() {} export { main as run };",
  "export const run = retrying(async () => {});",
  'import { run } from "./_impl"; export { run };',
  'export { run } from "./_impl";',
  'export { default as run } from "./_impl";',
  "export default async function () {}",
  "export default async (context) => {};",
  "const main = async () => {}; export default main;",
  "async function main() {} export { main as default };",
])("%s is a command whose function is called by laju", (text) => {
  expect(read(text)).toMatchObject({ form: "run", meta: {} });
});

test.each([
  ['export default { schedule: "@daily", async run() {} };', daily],
  ['async function run() {} export default { schedule: "@daily", run } satisfies X;', daily],
  ["const run = () => {}; export default { run };", {}],
  ['export const meta = { schedule: "@daily" }; export default { run() {} };', daily],
  [
    'import * as laju from "../app/console/command"; export default laju.command({ schedule: "@daily", run() {} });',
    daily,
  ],
  [
    'import { command as define } from "@/console/command"; export default define({ schedule: "@daily", run() {} });',
    daily,
  ],
  [
    'import { command } from "app/console/command"; const c = command({ schedule: "@daily", run() {} }); export { c as default };',
    daily,
  ],
  [
    'import { command } from "app/console/command"; export async function run() {} export default command({ schedule: "@daily", run });',
    daily,
  ],
])("%s is declared", (text, meta) => {
  expect(read(text)).toMatchObject({ form: "declared", meta });
});

test.each([
  'export const meta = { schedule: "@daily" }; export async function run() {}',
  'const meta = { schedule: "@daily" }; export { meta }; export async function run() {}',
  'const about = { schedule: "@daily" } as const; export { about as meta }; export async function run() {}',
  'const base: CommandMeta = { schedule: "@daily" }; export const meta = base; work();',
  'export const meta = { schedule: "@daily" } satisfies CommandMeta; work();',
])("the metadata of %s is read", (text) => {
  expect(read(text)?.meta).toEqual(daily);
});

test.each([
  'import "dotenv/config"; export async function run() {}',
  'process.on("uncaughtException", () => process.exit(1)); export async function run() {}',
  "dotenv.config(); export async function run() {}",
  "const log = parent.child(); let count = 0; export async function run() { log(count); }",
  "const rows = await load(); export async function run() { rows; }",
  "items.forEach((run) => run.prepare()); export async function run() {}",
])("%s prepares something, and laju calls its run", (text) => {
  expect(read(text)).toMatchObject({ form: "run" });
});

test.each([
  "work();",
  "void main(); async function main() {}",
  "main().catch(() => process.exit(1)); async function main() {}",
  "(async () => { await work(); process.exit(0); })();",
  'import "./_work";',
  'import work from "./_work";',
  'import { work } from "./_work"; work();',
  "class Job { constructor() { work(); } } new Job();",
  "class Job {} const job = new Job();",
  'const output = execSync("backup.sh");',
  "for await (const row of rows()) use(row);",
  "await work();",
  "const done = (async () => {})();",
  "async function main() {} export const done = main();",
  "export const result = await main();",
  "export default main(); async function main() {}",
  "export default start({ port: 1 });",
  "if (process.argv[2]) work();",
  "export class Job { static { work(); } }",
  "using lock = take();",
  "export {}; (async () => {})();",
  'export * from "./_types"; work();',
  "export default undefined; work();",
])("%s is a script", (text) => {
  expect(read(text)).toMatchObject({ form: "script" });
});

test.each([
  "export async function run() {} run();",
  "export async function run() {} await run();",
  "export async function run() {} run().catch(() => process.exit(1));",
  "export async function run() {} if (import.meta.url === started) run();",
  "export async function run() {} async function main() { await run(); } main();",
  "export async function run() {} (async () => { await run(); process.exit(0); })();",
  "export async function run() {} const done = run();",
  "export async function run() {} setTimeout(run, 5);",
  "const main = async () => {}; export const run = main; main();",
  "const job = { run() {} }; export default job; job.run();",
  "export default async function main() {} main();",
  "export async function run(helper) {} (async () => { await work(); process.exit(0); })();",
])("%s starts itself: laju must not start it again", (text) => {
  expect(read(text)).toMatchObject({ form: "script" });
});

test.each([
  "export const limit = 1; export function half(n: number) { return n / 2; }",
  "export interface Row { id: number }",
  "export type Id = number;",
  "export enum Color { red }",
  "export class Report {}",
  'import { z } from "zod"; export const schema = z.object({});',
  'const pattern = new RegExp("x"); export const matches = (text) => pattern.test(text);',
  'const names = process.env.NAMES?.split(",").map(String); export const first = () => names[0];',
  "const cache = new LRU(); export function get() { return cache; }",
  "export default function format(date, style) {}",
  'export default { url: "https://example.com" };',
])("%s only exports helpers", (text) => {
  expect(read(text)).toBeUndefined();
});

const command = 'import { command } from "app/console/command";\n';

test.each([
  ["", "1:1  this file does nothing when started"],
  [
    'import { work } from "./_work"; function main() { work(); }',
    "1:33  this file does nothing when started: nothing calls main()",
  ],
  ["// Later.", "1:1  this file does nothing when started"],
  ["interface Row {}", "1:1  this file does nothing when started"],
  ["\nasync function main() {}\nmain;", "2:1  this file does nothing when started: nothing calls main()"],
  ["export const meta = {};", "1:8  the file has metadata but nothing to run"],
  [
    "export const meta = {};\nexport async function main() {}",
    "1:8  the file has metadata but nothing to run",
  ],
  ["export let meta = {}; work();", "1:8  meta must be a const"],
  ['export { meta } from "./_meta"; work();', "1:10  meta must be written in this file"],
  ['import { meta } from "./_meta";\nexport { meta };\nwork();', "2:10  meta must be written in this file"],
  ["export const { meta } = settings; work();", "1:8  meta must be written in this file"],
  ["export const meta = about(); work();", "1:21  meta must be an object"],
  ["export function meta() {} work();", "1:8  meta must be an object"],
  ['const meta = { schedule: "@daily" }; work();', "1:7  meta contains metadata but is not exported as meta"],
  [
    "const about = {} satisfies CommandMeta; work();",
    "1:7  about contains metadata but is not exported as meta",
  ],
  ['export * from "./_impl";', "1:1  laju cannot tell from export * whether this is a command"],
  ['export { default } from "./_impl";', "1:10  the default export comes from another file"],
  ['import x from "./_impl";\nexport default x;', "2:16  the default export comes from another file"],
  ['import x from "./_impl";\nexport { x as default };', "2:10  the default export comes from another file"],
  [`${command}command({ run() {} });`, "2:1  command() does nothing unless it is the default export"],
  [`${command}export const x = command({ run() {} });`, "2:18  command() does nothing unless"],
  [
    `${command}export const meta = {};\nexport default command({ run() {} });`,
    "2:8  meta is ignored next to command(",
  ],
  [`${command}export default command({});`, "2:24  the command has no run"],
  [`${command}export default command({ *run() {} });`, "2:26  run is a generator function"],
  [
    `${command}export default command(definition());`,
    "2:16  the argument of command() must be an object literal in this file",
  ],
  [
    'import { job } from "./_job";\nexport default job({ run() {} });',
    "2:16  commands are declared with command(",
  ],
  ['export default { schedule: "@daily" };', "1:16  the default export has a schedule but no run"],
  [
    'export const meta = {}; export default { schedule: "@daily", run() {} };',
    "1:8  meta is ignored next to",
  ],
  ["export default { run() {}, retry: 3 };", '1:28  unknown field "retry"'],
  ["export const run = 5;", "1:8  run must be a function"],
  ["export async function* run() {}", "1:8  run is a generator function"],
  ["export async function run() {}\nconst job = defer(run);", "2:13  this code may start run"],
  ["module.exports = { run() {} };", "1:1  commands are ES modules"],
  ["exports.run = () => {};", "1:1  commands are ES modules"],
])("%s is an error with its position", (text, message) => {
  expect(() => read(text)).toThrow(`commands/X.ts:${message}`);
});

test("a run assigned in a separate statement is called", () => {
  const given = "export let run: () => Promise<void>;\nrun = async () => {};";
  expect(read(given)).toMatchObject({ form: "run", start: "run" });
  expect(read(`${given}\nrun();`)).toMatchObject({ form: "script" });
});

test("an anonymous class as default export is not a command", () => {
  expect(read("export default class { run() {} }")).toBeUndefined();
});

test.each(["for await (const x of xs) use(x);", "await work();", "await using lock = take();"])(
  "%s is a top-level await in a file without imports",
  (text) => {
    expect(read(text)?.hasTopLevelAwait).toBe(true);
  },
);
