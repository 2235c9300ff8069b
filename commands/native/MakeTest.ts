import { relative } from "node:path";
import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { paths } from "../../framework/config/config";
import { draftNamedTest } from "../../framework/make/namedTest";
import { draftPlainTest } from "../../framework/make/testDraft";
import { writeNewFile } from "../../framework/make/writeNewFile";

export default verb({
  examples: [
    ["make:test SendDailyEmails", "A test for a command"],
    ["make:test app/jobs/SendInvoice", "The test of a job"],
  ],
  options: {
    plain: { type: "boolean", description: "Write an empty test, test/<Name>.test.ts" },
    force: { type: "boolean", description: "Replace the file if it exists" },
  },
  words: { least: 1, most: 1 },
  details: `Writes test/commands/<Name>.test.ts for a command, or test/jobs/<Name>.test.ts for a job. If a command and a job
share the name, specify which: commands/<Name> or app/jobs/<Name>.

To use your own stubs, put one of these in the app's stubs/. Each may contain {{ name }}, and:

  commandTest.stub   {{ import }}, {{ command }}, {{ given }} (a worker's --once, or nothing)
  scriptTest.stub    {{ command }}
  jobTest.stub       {{ import }}, {{ job }}, {{ data }}
  test.stub          {{ app }} (the path to app/), for --plain`,
  run({ args: [typed], options }) {
    const name = typed as string;
    const draft = options.plain ? draftPlainTest(name) : draftNamedTest(name);
    writeNewFile(draft, options.force ?? false);
    const { paint, symbols } = terminalFor(1);
    const file = relative(paths.root, draft.file);
    console.log(`${paint("green", symbols.done)} Created ${file}

  ${paint("dim", "Run it")} npx vitest run ${file}`);
  },
});
