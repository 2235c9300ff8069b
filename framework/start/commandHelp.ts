import { describeOptions } from "../cli/optionsHelp";
import type { OptionSpecs } from "../metadata/optionSpecs";

/** What --help shows about a command. */
export interface HelpFacts {
  name: string;
  description?: string | undefined;
  schedule?: string | readonly string[] | undefined;
  timezone?: string | undefined;
  timeout?: string | false | undefined;
  options?: OptionSpecs | undefined;
}

/** The text of `node commands/X.js --help`. */
export function commandHelp(facts: HelpFacts): string {
  const options = describeOptions({
    ...facts.options,
    help: { type: "boolean", short: "h", description: "Show this help" },
  });
  return [
    facts.description ? `${facts.name}  ${facts.description}` : facts.name,
    "",
    ...scheduleLines(facts),
    "Options",
    ...options,
  ].join("\n");
}

function scheduleLines({ schedule, timezone, timeout }: HelpFacts): string[] {
  const schedules = schedule === undefined ? [] : [schedule].flat();
  const zone = timezone === undefined ? "" : ` (${timezone})`;
  const lines = [
    schedules.length > 0 ? `Schedule  ${schedules.join(", ")}${zone}` : "Schedule  none: started by hand",
    ...(!timeout ? [] : [`Timeout   ${timeout}`]),
  ];
  return [...lines, ""];
}
