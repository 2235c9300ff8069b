import { findCommand, readCatalog } from "../../framework/catalog/catalog";
import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { LajuError } from "../../framework/config/errors";
import { acknowledgeTroubles } from "../../framework/monitor/acknowledgeTroubles";
import { openIncidents } from "../../framework/runs/ledger/incidents";
import { undoAcknowledgement } from "../../framework/runs/notices/acknowledge";
import { startSender } from "../../framework/runs/notices/startSender";
import { printableLine } from "../../framework/text/printable";

export default verb({
  options: {
    reason: { type: "string", description: "Why it is left for now; status shows it" },
    undo: { type: "boolean", description: "Take it back: what is wrong needs attention again" },
  },
  words: { least: 1, most: 1 },
  details: `Says that what is wrong with a command now is known: status --check leaves it out, and status shows since when and why
it is left. It holds until the command works again, or until --undo. Whatever else goes wrong counts as before. Again, it
takes another reason. Queued jobs are named as their notices name them: node laju ack "job SendMail".`,
  run({ args: [typed], options }) {
    const name = nameOf(typed as string);
    if (options.undo) return undo(name, options.reason);
    const known = acknowledgeTroubles(name, options.reason ?? null);
    if (known.length === 0) throw nothing(name, "has nothing to acknowledge");
    for (const { reason } of known) say(`Acknowledged: ${name} ${printableLine(reason)}`);
    sayMore("It ends when the command works again. Until then status --check leaves it out.");
    sayMore(`Take it back with node laju ack ${quoted(name)} --undo.`);
  },
});

function undo(name: string, reason: string | undefined): void {
  if (reason !== undefined) {
    const hint = "Leave out one of them.";
    throw new LajuError("--undo takes no --reason", { code: "E_USAGE", exitStatus: 2, hint });
  }
  const open = undoAcknowledgement(name);
  if (open.length === 0) throw nothing(name, "has nothing that is acknowledged");
  startSender(); // Of what was acknowledged before a notice of it was sent.
  for (const { reason } of open) say(`No longer acknowledged: ${name} ${printableLine(reason)}`);
  sayMore("It needs attention again, and status --check fails.");
}

function say(line: string): void {
  const { paint, symbols } = terminalFor(1);
  console.log(`${paint("green", symbols.done)} ${line}`);
}

function sayMore(line: string): void {
  console.log(`  ${terminalFor(1).paint("dim", line)}`);
}

function nothing(name: string, message: string): LajuError {
  const hint = `node laju status ${name.includes(" ") ? "" : name}`.trim().concat(" shows how things stand.");
  return new LajuError(`${name} ${message}`, { code: "E_NOTHING_WRONG", hint });
}

function quoted(name: string): string {
  return name.includes(" ") ? `"${name}"` : name;
}

/** A type of jobs, or a command that is gone, may have an incident too. */
function nameOf(typed: string): string {
  if (openIncidents().some(({ name }) => name === typed)) return typed;
  return findCommand(typed, readCatalog().commands).name;
}
