import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { rollBackMigrations } from "../../framework/services/database/migrator";

export default verb({
  options: { all: { type: "boolean", description: "Undo every migration, not only the last batch" } },
  async run({ options }) {
    const { paint, symbols } = terminalFor(1);
    const names = await rollBackMigrations(options.all ?? false);
    for (const name of names) console.log(`${paint("green", symbols.done)} ${name} undone`);
    if (names.length === 0) console.log("Nothing to undo.");
  },
});
