import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { latestMigrations } from "../../framework/services/database/migrator";

export default verb({
  options: {},
  details:
    "Runs what app/migrations and laju itself have and the database lacks. One that fails half-way is rolled back where the database can.",
  async run() {
    const { paint, symbols } = terminalFor(1);
    const names = await latestMigrations();
    for (const name of names) console.log(`${paint("green", symbols.done)} ${name}`);
    console.log(names.length === 0 ? "Nothing to migrate." : `Ran ${names.length} of them.`);
  },
});
