import { jsonText } from "../../app/console/jsonText";
import { migrationStatus } from "../../app/console/migrator";
import { terminalFor } from "../../app/console/terminal";
import { verb } from "../../app/console/verb";

export default verb({
  options: { json: { type: "boolean", description: "Print the rows as JSON" } },
  async run({ options }) {
    const rows = await migrationStatus();
    if (options.json) return console.log(jsonText(rows));
    const { paint, symbols } = terminalFor(1);
    for (const { name, isDone } of rows) {
      console.log(
        isDone ? `${paint("green", symbols.done)} ${name}` : `${symbols.never} ${name}   not yet run`,
      );
    }
    if (rows.length === 0) console.log("There are no migrations in app/migrations.");
  },
});
