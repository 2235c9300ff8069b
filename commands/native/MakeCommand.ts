import { relative } from "node:path";
import { type Terminal, terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { paths } from "../../framework/config/config";
import { hostClock, shortTime } from "../../framework/host/hostClock";
import { type Draft, draftCommand } from "../../framework/make/commandDraft";
import { draftCommandTest } from "../../framework/make/testDraft";
import { writeIfMissing, writeNewFile } from "../../framework/make/writeNewFile";
import { scheduleInWords } from "../../framework/schedule/expression/words";
import { nextRuns } from "../../framework/schedule/times/nextRuns";

export default verb({
  examples: [
    ['make:command SendDailyEmails --schedule "0 8 * * *"', "Every day at 08:00"],
    ["make:command reports/Monthly --script", "In a folder, as a plain script"],
  ],
  options: {
    schedule: {
      type: "string",
      value: "schedule",
      multiple: true,
      description: 'When cron starts the command: "0 8 * * *", @daily, …',
    },
    description: {
      type: "string",
      value: "text",
      description: "One line about the command, for lists and the crontab",
    },
    timeout: { type: "string", value: "duration", description: "How long a run may take, such as 10m" },
    timezone: {
      type: "string",
      value: "zone",
      description: "The schedule's time zone, such as Europe/Berlin",
    },
    retries: { type: "string", value: "number", description: "How often a failed run is retried, such as 2" },
    priority: {
      type: "string",
      value: "priority",
      description:
        "Priority, by which lists are sorted: low, normal, high or a number. Any other word is shown but doesn't sort",
    },
    tags: {
      type: "string",
      value: "tags",
      description: "Tags for selecting the command, such as mail,nightly",
    },
    script: { type: "boolean", description: "Write a plain script that exits by itself" },
    test: { type: "boolean", default: true, description: "Write test/commands/<Name>.test.ts too" },
    force: { type: "boolean", description: "Replace the file if it exists" },
  },
  words: { least: 1, most: 1 },
  details: `Names in any style become PascalCase, and folders are kept: reports/monthly creates commands/reports/Monthly.ts.
To use your own stubs, put stubs/command.stub or stubs/script.stub in the app's root.
They may contain {{ name }}, {{ app }} (the path to app/) and {{ meta }} (the metadata lines).
The test's stubs are commandTest.stub and scriptTest.stub: see make:test.`,
  run({ args: [typed], options }) {
    const draft = draftCommand(typed as string, options);
    const test = options.test ? draftCommandTest(draft.facts.name, draft.text) : undefined;
    writeNewFile(draft, options.force ?? false);
    console.log(created(draft, writeIfMissing(test), terminalFor(1)));
  },
});

function created(draft: Draft, test: string | undefined, { paint, symbols }: Terminal): string {
  const file = relative(paths.root, draft.file);
  return [
    `${paint("green", symbols.done)} Created ${file}${timesOf(draft)}`,
    ...(test === undefined ? [] : [`${paint("green", symbols.done)} Created ${test}`]),
    "",
    `  ${paint("dim", "Try it    ")} npx tsx ${file}`,
    ...(test === undefined ? [] : [`  ${paint("dim", "Test it   ")} npx vitest run ${test}`]),
    `  ${paint("dim", "Schedule  ")} npm run build && node laju crontab:install`,
  ].join("\n");
}

function timesOf({ facts }: Draft): string {
  if (facts.schedules.length === 0) return "";
  const clock = hostClock();
  const words = facts.schedules.map((schedule) => scheduleInWords(schedule, facts.name)).join("; ");
  const [next] = nextRuns(facts, clock, 1);
  const zone = facts.timezone === null ? "" : ` ${facts.timezone}`;
  return `   ${words}${next ? `, next ${shortTime(next, facts.timezone ?? clock.hostTimezone)}${zone}` : zone}`;
}
