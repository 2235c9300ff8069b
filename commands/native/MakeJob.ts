import { basename, relative } from "node:path";
import { writeJobTypes } from "../../framework/catalog/jobTypes";
import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { paths } from "../../framework/config/config";
import { draftJob, draftWorker, type JobDraft } from "../../framework/make/jobDraft";
import { draftJobTest } from "../../framework/make/testDraft";
import { writeIfMissing, writeNewFile } from "../../framework/make/writeNewFile";

export default verb({
  examples: [["make:job SendInvoice", "A handler, whose jobs SendInvoice.push(…) queues"]],
  options: {
    test: { type: "boolean", default: true, description: "Write test/jobs/<Name>.test.ts too" },
    force: { type: "boolean", description: "Replace the file if it exists" },
  },
  words: { least: 1, most: 1 },
  details: `Names in any style become PascalCase, and folders are kept: reports/monthly creates app/jobs/reports/Monthly.ts.
It also creates commands/Worker.ts if there is none, and regenerates app/jobs/_types.ts, which type-checks the types and
data given to scheduleJob and push.

To use your own stub, put stubs/job.stub in the app's root. It may contain {{ name }} and {{ app }} (the path to app/).
The test's stub is jobTest.stub: see make:test.`,
  run({ args: [typed], options }) {
    const draft = draftJob(typed as string);
    const test = options.test ? draftJobTest(draft.name, draft.text, draft.data) : undefined;
    writeNewFile(draft, options.force ?? false);
    writeJobTypes();
    console.log(created(draft, writeIfMissing(test), writeIfMissing(draftWorker())));
  },
});

function created({ name, file }: JobDraft, test: string | undefined, worker: string | undefined): string {
  const { paint, symbols } = terminalFor(1);
  const local = basename(name);
  const module = JSON.stringify(`../app/jobs/${name}`);
  return [
    ...[relative(paths.root, file), test, worker]
      .filter((path) => path !== undefined)
      .map((path) => `${paint("green", symbols.done)} Created ${path}`),
    "",
    `  ${paint("dim", "Queue it")} import ${local} from ${module}; await ${local}.push({ id: 7 });`,
    ...(test === undefined ? [] : [`  ${paint("dim", "Test it ")} npx vitest run ${test}`]),
    `  ${paint("dim", "Run it  ")} npx tsx commands/Worker.ts --once`,
  ].join("\n");
}
