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
  examples: [
    ['ack SendDailyDigest --reason "known, see ticket 12"', "Silence a known problem"],
    ["ack SendDailyDigest --undo", "Withdraw the acknowledgment"],
  ],
  options: {
    reason: { type: "string", value: "text", description: "Why the problem can wait; shown by status" },
    undo: { type: "boolean", description: "Withdraw the acknowledgment: the problems need attention again" },
  },
  words: { least: 1, most: 1 },
  details: `Acknowledges a command's current problems: status --check no longer fails because of them, and status shows when and
why you acknowledged them. This ends when the command works again, or with --undo. New problems still need attention.
Run ack again to change the reason. For queued jobs, use the name in their notifications:
node laju ack "job SendMail".`,
  run({ args: [typed], options }) {
    const name = nameOf(typed as string);
    if (options.undo) return undo(name, options.reason);
    const known = acknowledgeTroubles(name, options.reason ?? null);
    if (known.length === 0) throw nothing(name, "has no problems to acknowledge");
    for (const { reason } of known) say(`Acknowledged: ${name} ${printableLine(reason)}`);
    sayMore("The acknowledgment ends when the command works again. Until then, status --check ignores it.");
    sayMore(`Undo it with node laju ack ${quoted(name)} --undo.`);
  },
});

function undo(name: string, reason: string | undefined): void {
  if (reason !== undefined) {
    const hint = "Leave out --undo or --reason.";
    throw new LajuError("--undo takes no --reason", { code: "E_USAGE", exitStatus: 2, hint });
  }
  const open = undoAcknowledgement(name);
  if (open.length === 0) throw nothing(name, "has no acknowledged problems");
  startSender(); // The problem may have been acknowledged before its notice was sent.
  for (const { reason } of open) say(`No longer acknowledged: ${name} ${printableLine(reason)}`);
  sayMore("The problem needs attention again, and status --check fails.");
}

function say(line: string): void {
  const { paint, symbols } = terminalFor(1);
  console.log(`${paint("green", symbols.done)} ${line}`);
}

function sayMore(line: string): void {
  console.log(`  ${terminalFor(1).paint("dim", line)}`);
}

function nothing(name: string, message: string): LajuError {
  const hint = `node laju status ${name.includes(" ") ? "" : name}`
    .trim()
    .concat(" shows the current state.");
  return new LajuError(`${name} ${message}`, { code: "E_NOTHING_WRONG", hint });
}

function quoted(name: string): string {
  return name.includes(" ") ? `"${name}"` : name;
}

/** Checks open incidents before commands, because job types and deleted commands can have incidents too. */
function nameOf(typed: string): string {
  if (openIncidents().some(({ name }) => name === typed)) return typed;
  return findCommand(typed, readCatalog().commands).name;
}
