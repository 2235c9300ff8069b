import { relative } from "node:path";
import { type Terminal, terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { paths } from "../../framework/config/config";
import { hostClock, shortTime } from "../../framework/host/hostClock";
import { type Draft, draftCommand } from "../../framework/make/commandDraft";
import { writeNewFile } from "../../framework/make/writeNewFile";
import { scheduleInWords } from "../../framework/schedule/expression/words";
import { nextRuns } from "../../framework/schedule/times/nextRuns";

export default verb({
  options: {
    schedule: { type: "string", multiple: true, description: 'When cron starts it: "0 8 * * *", @daily, …' },
    description: { type: "string", description: "One line for lists and the crontab" },
    timeout: { type: "string", description: "How long a run may take, such as 10m" },
    timezone: { type: "string", description: "The zone of the schedule, such as Europe/Berlin" },
    retries: { type: "string", description: "How often a failed run is retried, such as 2" },
    priority: {
      type: "string",
      description: "A number, low, normal or high orders lists; any word is shown",
    },
    tags: { type: "string", description: "Words to pick it by, such as mail,nightly" },
    script: { type: "boolean", description: "Write the script form: a plain file that ends itself" },
    force: { type: "boolean", description: "Replace the file if it exists" },
  },
  words: { least: 1, most: 1 },
  details: `Names in any style become PascalCase; folders are kept: reports/monthly makes commands/reports/Monthly.ts.
Stubs of your own, stubs/command.stub and stubs/script.stub in the app's root, are used instead of laju's.
They may hold {{ name }}, {{ app }} (the path to app/) and {{ meta }} (the metadata's lines).`,
  run({ args: [typed], options }) {
    const draft = draftCommand(typed as string, options);
    writeNewFile(draft, options.force ?? false);
    console.log(created(draft, terminalFor(1)));
  },
});

function created(draft: Draft, { paint, symbols }: Terminal): string {
  const file = relative(paths.root, draft.file);
  return [
    `${paint("green", symbols.done)} Created ${file}${timesOf(draft)}`,
    "",
    `  ${paint("dim", "Try it    ")} npx tsx ${file}`,
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
