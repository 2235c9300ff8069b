import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { latestMigrations } from "../../framework/services/database/migrator";

export default verb({
  examples: [["migrate", "Run the migrations that are pending"]],
  options: {},
  details:
    "Runs the pending migrations in app/migrations and those of laju itself. A migration that fails is rolled back, except on MySQL.",
  async run() {
    const { paint, symbols } = terminalFor(1);
    const names = await latestMigrations();
    for (const name of names) console.log(`${paint("green", symbols.done)} ${name}`);
    const count = names.length === 1 ? "1 migration" : `${names.length} migrations`;
    console.log(names.length === 0 ? "Nothing to migrate." : `Ran ${count}.`);
  },
});
