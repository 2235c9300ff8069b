import { findCommand, readCatalog } from "../../framework/catalog/catalog";
import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { LajuError } from "../../framework/config/errors";
import { currentPauses, resume } from "../../framework/runs/supervision/changePauses";

export default verb({
  examples: [["resume", "Resume all commands"]],
  options: {},
  words: { least: 0, most: Number.POSITIVE_INFINITY },
  details: "Without names, ends every pause. Starts that were skipped are not made up for.",
  run({ args }) {
    const { all, commands } = currentPauses(Date.now());
    // Accept commands that have been deleted, because they may still be paused.
    const names = args.map((name) => (Object.hasOwn(commands, name) ? name : nameOf(name)));
    const ended = resume(names, Date.now());
    if (names.length > 0 && all !== null) {
      throw new LajuError("all commands are paused, so these stay paused", {
        code: "E_PAUSED",
        hint: "node laju resume, without names, ends every pause.",
      });
    }
    if (ended.length === 0) return console.log("Nothing was paused.");
    const { paint, symbols } = terminalFor(1);
    for (const name of ended)
      console.log(`${paint("green", symbols.done)} ${name || "All commands"} resumed`);
  },
});

function nameOf(name: string): string {
  return findCommand(name, readCatalog().commands).name;
}
