import type { Terminal } from "../cli/terminal";
import type { CommandFacts } from "../metadata/manifest";

type Facts = Pick<CommandFacts, "name" | "enabled" | "environments">;

export const allOption = {
  all: {
    type: "boolean",
    description: "Also show commands that are not started here: disabled or for other environments",
  },
} as const;

/** The rows without the hidden ones, or all rows if the table would otherwise be empty. */
export function withoutHidden<T>(
  rows: readonly T[],
  isHidden: (row: T) => boolean,
): { shown: readonly T[]; hidden: readonly T[] } {
  const hidden = rows.filter(isHidden);
  if (hidden.length === rows.length) return { shown: rows, hidden: [] };
  return { shown: rows.filter((row) => !isHidden(row)), hidden };
}

/** One line about all commands that this host does not start, with their names if they fit. */
export function neverHereLine(commands: readonly Facts[], { paint, width }: Terminal): string[] {
  if (commands.length === 0) return [];
  const named = groupsOf(commands).map(
    ([reason, group]) => `${group.map(({ name }) => name).join(", ")} (${reason})`,
  );
  const whole = `Not started here: ${named.join("; ")}`;
  const text =
    whole.length + 2 <= width ? whole : `Not started here: ${countedReasons(commands)} (--all lists them)`;
  return [`  ${paint("dim", text)}`];
}

/** "3 only in staging, 2 disabled". */
export function countedReasons(commands: readonly Facts[]): string {
  return groupsOf(commands)
    .map(([reason, group]) => `${group.length} ${reason}`)
    .join(", ");
}

function groupsOf(commands: readonly Facts[]): [reason: string, group: Facts[]][] {
  const reasons = [...new Set(commands.map(reasonOf))].sort();
  return reasons.map((reason) => [reason, commands.filter((one) => reasonOf(one) === reason)]);
}

function reasonOf({ enabled, environments }: Facts): string {
  return enabled ? `only in ${environments?.join(", ")}` : "disabled";
}
