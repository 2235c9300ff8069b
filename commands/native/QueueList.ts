import { numberOption } from "../../framework/cli/numberOption";
import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import type { JobFilter } from "../../framework/queue/jobRecord";
import { jsonText } from "../../framework/text/jsonText";
import { jobTable } from "../../framework/views/queue/jobList";
import { readStates, stateWords } from "../../framework/views/queue/jobStates";
import { checkTypes } from "../../framework/views/queue/knownTypes";
import { withQueue } from "../../framework/views/queue/openQueue";

export default verb({
  examples: [["queue:list --state failed --type SendInvoice", "Show the failed jobs of a type"]],
  options: {
    state: {
      type: "string",
      value: "state",
      choices: Object.values(stateWords),
      description: "Only jobs in these states, such as failed or ready,leased",
    },
    type: { type: "string", value: "types", description: "Only jobs of these types, separated by commas" },
    user: { type: "string", value: "id", description: "Only jobs of the user with this id" },
    limit: { type: "string", value: "number", default: "20", description: "How many to show, newest first" },
    json: { type: "boolean", description: "Print the rows as JSON" },
  },
  details:
    "States: scheduled, ready, parked, leased, completed, failed, cancelled. node laju queue:show <id> shows a job in full.",
  async run({ options }) {
    const { state, type, user, limit } = options;
    const filter: JobFilter = { limit: countOption("limit", limit, 1) };
    if (state !== undefined) filter.states = readStates(state);
    if (type !== undefined) filter.types = type.split(",").map((word) => word.trim());
    if (user !== undefined) filter.userId = countOption("user", user, 0);
    const jobs = await withQueue(async (engine) => {
      if (filter.types !== undefined) await checkTypes(filter.types, engine);
      return engine.list(filter);
    });
    console.log(options.json ? jsonText(jobs) : jobTable(jobs, Date.now(), terminalFor(1)));
  },
});

function countOption(option: string, text: string, least: number): number {
  const wanted = `a whole number from ${least} up`;
  const hint = "node laju queue:list --help shows how to use it.";
  return numberOption(option, text, { least, most: 999_999_999, wanted, hint });
}
