import { acknowledgeTroubles } from "../../app/console/acknowledgeTroubles";
import { findCommand, readCatalog } from "../../app/console/catalog";
import { terminalFor } from "../../app/console/terminal";
import { verb } from "../../app/console/verb";
import { LajuError } from "../../app/errors";
import { openIncidents } from "../../app/runs/incidents";
import { printableLine } from "../../app/services/printable";

export default verb({
  options: {
    reason: { type: "string", description: "Why it is left for now; status shows it" },
  },
  words: { least: 1, most: 1 },
  details: `Says that what is wrong with a command now is known: status --check passes with it, and status shows since when and why
it is left. It holds until the command works again. Whatever else goes wrong counts as before. Again, it takes another
reason. Queued jobs are named as their notices name them: node laju ack "job SendMail".`,
  run({ args: [typed], options }) {
    const name = nameOf(typed as string);
    const known = acknowledgeTroubles(name, options.reason ?? null);
    if (known.length === 0) {
      throw new LajuError(`${name} has nothing to acknowledge`, {
        code: "E_NOTHING_WRONG",
        hint: `node laju status ${name.includes(" ") ? "" : name}`.trim().concat(" shows how things stand."),
      });
    }
    const { paint, symbols } = terminalFor(1);
    for (const { reason } of known) {
      console.log(`${paint("green", symbols.done)} Acknowledged: ${name} ${printableLine(reason)}`);
    }
    console.log(
      `  ${paint("dim", "It ends when the command works again. Until then status --check passes.")}`,
    );
  },
});

/** A type of jobs, or a command that is gone, may have an incident too. */
function nameOf(typed: string): string {
  if (openIncidents().some(({ name }) => name === typed)) return typed;
  return findCommand(typed, readCatalog().commands).name;
}
