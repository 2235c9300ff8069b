import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { rollBackMigrations } from "../../framework/services/database/migrator";

export default verb({
  examples: [["migrate:rollback", "Undo the app's last batch of migrations"]],
  options: {
    all: { type: "boolean", description: "Undo every migration of the app, not only the last batch" },
  },
  words: { least: 0, most: Number.POSITIVE_INFINITY },
  details: `Undoes the app's last batch, or the migrations you name. The queue and cache tables belong to laju: they are dropped
only when you name their migrations.`,
  async run({ args, options }) {
    const { paint, symbols } = terminalFor(1);
    const names = await rollBackMigrations({ names: args, all: options.all ?? false });
    for (const name of names) console.log(`${paint("green", symbols.done)} ${name} undone`);
    if (names.length === 0) console.log("Nothing to undo.");
  },
});
