import { expect, test } from "vitest";
import { checkJob } from "../../app/schedule/readJob";

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
  ["", '1:1  exports no handler\nWrite export default job("SendInvoice", {'],
  ["export const runs = 1;", "1:1  exports no handler"],
  [
    'import { job } from "../queue/job"; const n = String(1); export default job(n, { run() {} });',
    "1:77  a job's name must be a plain string, found ",
  ],
  ['import { job } from "../queue/job"; export default job();', "1:52  job() has no name"],
  [
    handler("SendInvoise"),
    '3:20  job("SendInvoise", …) is not named as its file\nDid you mean job("SendInvoice", …)?',
  ],
  [
    handler("Report"),
    '3:20  job("Report", …) is not named as its file\nWrite job("SendInvoice", …), or rename',
  ],
  ["export function run( {", "1:"],
])("%j is refused", (text, message) => {
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
])("%j is a handler", (text) => {
  expect(problemOf(text)).toBe("");
});
