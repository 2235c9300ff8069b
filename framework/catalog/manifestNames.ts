import { existsSync } from "node:fs";
import type { CompletedNames, Suggestion } from "../cli/completion/complete";
import { paths } from "../config/config";
import type { CommandFacts, Manifest } from "../metadata/manifest";
import { readManifest } from "./buildManifest";
import { commandNames } from "./commandSources";
import { jobNames } from "./jobSources";

/** The names that completion suggests. Those of files are read now; tags and options are those of the last build. */
export function manifestNames(): CompletedNames {
  const { commands, jobs } = lastBuild();
  const described = new Map(commands.map(({ name, description }) => [name, description]));
  return {
    commands: () =>
      distinct([...commandNames(), ...described.keys()]).map((name) => named(name, described.get(name))),
    jobTypes: () => distinct([...jobNames(), ...jobs]).map((name) => named(name)),
    tags: () =>
      distinct(commands.flatMap(({ tags }) => tags)).map((tag) => named(tag, holders(tag, commands))),
    environments: () =>
      distinct([
        "development",
        "production",
        ...commands.flatMap(({ environments }) => environments ?? []),
      ]).map((env) => named(env)),
    timezones: () => Intl.supportedValuesOf("timeZone").map((zone) => named(zone)),
    optionsOf: (command) => commands.find(({ name }) => name === command)?.options ?? {},
  };
}

function lastBuild(): Pick<Manifest, "commands" | "jobs"> {
  return existsSync(paths.manifest) ? readManifest() : { commands: [], jobs: [] };
}

function named(word: string, note?: string): Suggestion {
  return note === undefined ? { word } : { word, note };
}

function holders(tag: string, commands: readonly CommandFacts[]): string {
  const count = commands.filter(({ tags }) => tags.includes(tag)).length;
  return count === 1 ? "1 command" : `${count} commands`;
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
