import { expect, test } from "vitest";
import { checkJob } from "../../../../framework/metadata/source/readJob";

const handler = (name: string) => `import { job } from "../queue/job";

export default job("${name}", { async run() {} });
`;
const problemOf = (text: string) => {
  try {
    checkJob(text, "app/jobs/SendInvoice.ts", "SendInvoice");
    return "";
  } catch (error) {
    return `${error.message}\n${error.hint}`;
  }
};

test.each([
  ["", '1:1  the file exports no handler\nWrite export default job("SendInvoice", {'],
  ["export const runs = 1;", "1:1  the file exports no handler"],
  [
    'import { job } from "../queue/job"; const n = String(1); export default job(n, { run() {} });',
    "1:77  a job name must be a plain string, found ",
  ],
  ['import { job } from "../queue/job"; export default job();', "1:52  job() has no name"],
  [
    handler("SendInvoise"),
    '3:20  job("SendInvoise", …) does not match its file name\nDid you mean job("SendInvoice", …)?',
  ],
  [
    handler("Report"),
    '3:20  job("Report", …) does not match its file name\nWrite job("SendInvoice", …), or rename',
  ],
  ["export function run( {", "1:"],
  ["export interface run {} export const helper = 1;", "1:1  the file exports no handler"],
  ["const run = () => 1;", "1:1  the file exports no handler"],
  ["export const run = { job: 1 };", "1:20  run is not a function"],
  ["export default async function ({ job }) {}", "1:16  the default export is not a handler"],
  ["const run = () => 1; export default run;", "1:37  the default export is not a handler"],
  ["function run() {} export default run;", "1:34  the default export is not a handler"],
  ["export default { attempts: 3 };", "1:16  the handler has no run"],
  ["export default { run: 5 };", "1:18  run is not a function"],
  [
    "export default { run() {}, retries: 3 };",
    "1:28  a job has no option retries\nThe fields of a handler are run, attempts, backoff, timeout, concurrency.",
  ],
  [
    "export default { run() {}, timeouts: '3s' };",
    "1:28  a job has no option timeouts\nDid you mean timeout?",
  ],
  ["export function run() {}\nexport const attempts = 0;", "2:25  has attempts 0\nIt must be a whole number"],
  ["export function run() {}\nconst n = '2'; export { n as concurrency };", '2:11  has concurrency "2"'],
  ["export function run() {}\nexport const timeout = 5000;", "2:24  has timeout 5000\nIt must be a duration"],
  ["export function run() {}\nexport let backoff = 'soon';", '2:22  has backoff "soon"'],
  [
    "export const attempts = 2;\nexport default { run() {} };",
    "1:8  the file exports attempts in addition to its default",
  ],
  [
    "export const attemps = 3;\nexport function run() {}",
    "1:8  a job has no option attemps\nDid you mean attempts?",
  ],
  [
    "export const run = () => 1;\nconst n = -5; export { n as timeOut };",
    "2:24  a job has no option timeOut\nDid you",
  ],
  [
    "export const retries = 3; export function run() {}",
    "1:8  a job has no option retries\nThe fields of a handler are run, attempts",
  ],
  [
    "export async function* run() {}",
    "1:8  run is a generator function\nWrite async run() { … }, without the *.",
  ],
  ["export default { async *run() {} };", "1:18  run is a generator function"],
  [handler("SendInvoice").replace("async run", "attempts: -1, async run"), "3:47  has attempts -1"],
  ['import { job } from "../queue/job"; export default job("SendInvoice");', "1:52  job() has no handler"],
])("%j is rejected", (text, message) => {
  expect(problemOf(text)).toContain(`app/jobs/SendInvoice.ts:${message}`);
});

test.each([
  [handler("SendInvoice")],
  ["export async function run({ job }) { return job.id; }"],
  ["export const run = () => 1;"],
  ["const run = () => 1; export { run };"],
  ['export * from "./_shared";'],
  [
    'import { job as declare } from "app/queue/job"; const it = declare("SendInvoice", { run() {} }); export default it;',
  ],
  ["export default { name: 'SendInvoice', run() {} };"],
  ["export default { run, attempts: 5 }; async function run() {}"],
  ["const run = async () => 1; export default { run } satisfies Job;"],
  ["export const run: JobRunner = async ({ app, log, job }) => {};"],
  ["export const attempts = 5, timeout = '2m'; export async function run() {}"],
  ["export const attempts = Number(process.env.N); export const run = wrapped(() => 1);"],
  ["export const timeouts = { fast: 1 }; export function retries() {} export const run = () => 1;"],
  ["export type Attempt = 1; export const attempt = (n) => n; export const run = () => 1;"],
  ['export { default } from "./_shared";'],
  ['export { run } from "./_shared";'],
])("%j is a handler", (text) => {
  expect(problemOf(text)).toBe("");
});
