import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { migrationStatus } from "../../framework/services/database/migrator";
import { jsonText } from "../../framework/text/jsonText";

export default verb({
  examples: [["migrate:status", "Show which migrations have run and which are pending"]],
  options: { json: { type: "boolean", description: "Print the rows as JSON" } },
  details: `Changes nothing. A migration that has run but is missing from this release, for example after going back to
an earlier release, is marked. That is not an error.`,
  async run({ options }) {
    const rows = await migrationStatus();
    if (options.json) return console.log(jsonText(rows));
    const { paint, symbols } = terminalFor(1);
    for (const { name, isDone, isKnown } of rows) {
      if (!isKnown) {
        console.log(`${paint("yellow", symbols.skipped)} ${name}   has run, but is not in this release`);
      } else if (isDone) console.log(`${paint("green", symbols.done)} ${name}`);
      else console.log(`${symbols.never} ${name}   not yet run`);
    }
    if (rows.length === 0) console.log("There are no migrations in app/migrations.");
  },
});
