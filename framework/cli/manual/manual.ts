import { optionRows } from "../optionsHelp";
import type { Verb, VerbEntry, VerbGroup } from "../verb";

/** What the manual says about a verb. All of it comes from the verb's declaration. */
export interface ManualVerb {
  name: string;
  /** The verb with its arguments: `make:command <Name>`. */
  call: string;
  summary: string;
  details: string;
  options: (readonly [flag: string, note: string])[];
  examples: Verb["examples"];
}

export interface ManualGroup {
  heading: string;
  verbs: ManualVerb[];
}

/** Loads the declarations of all verbs. */
export function readManual(groups: readonly VerbGroup[]): Promise<ManualGroup[]> {
  return Promise.all(
    groups.map(async ([heading, entries]) => ({
      heading,
      verbs: await Promise.all(entries.map(readVerb)),
    })),
  );
}

async function readVerb({ name, usage, summary, load }: VerbEntry): Promise<ManualVerb> {
  const { options, details = "", examples } = (await load()).default as unknown as Verb;
  return {
    name,
    call: `${name} ${usage}`.trimEnd(),
    summary,
    details: details.trim(),
    options: optionRows(options),
    examples,
  };
}
