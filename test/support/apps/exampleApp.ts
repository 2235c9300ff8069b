import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArguments } from "../../../framework/cli/arguments";
import type { OptionSpecs } from "../../../framework/metadata/optionSpecs";
import type { CommandDefinition, CommandResult, RunContext } from "../../../framework/start/definition";
import { seed } from "../../../scripts/demo/seed";
import { fresh } from "./fresh";

/** The shipped examples' surroundings: a root of their own, the demo schema and data in a real SQLite file. */
export interface ExampleApp {
  root: string;
  DB: typeof import("../../../framework/services/DB").default;
  /** Runs a declared command as its process would, with arguments from the command line. */
  run<O extends OptionSpecs>(
    definition: CommandDefinition<O>,
    argv?: string[],
    more?: { now?: Date; signal?: AbortSignal },
  ): Promise<CommandResult>;
  /** Fills the tables anew, dated back from `now`. */
  seed(): Promise<unknown>;
  remove(): Promise<void>;
}

/** A morning in the host's zone, so that "yesterday" is the same everywhere. */
export const morning = new Date(2026, 2, 10, 8);

/** Makes the app. Commands and services are to be imported after it: they read its variables. */
export async function exampleApp(variables: Record<string, string> = {}): Promise<ExampleApp> {
  const root = mkdtempSync(join(tmpdir(), "laju-example-"));
  const load = () => import("../../../framework/services/DB");
  const { default: DB } = await fresh({ LAJU_ROOT: root, NODE_ENV: "test", ...variables }, load);
  await DB.migrate.latest();
  await seed(DB, morning.getTime());
  return {
    root,
    DB,
    async run(definition, argv = [], { now = morning, signal = new AbortController().signal } = {}) {
      return definition.run(await contextOf(definition, argv, { now, signal }));
    },
    seed: () => seed(DB, morning.getTime()),
    async remove() {
      await DB.destroy();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

async function contextOf<O extends OptionSpecs>(
  definition: CommandDefinition<O>,
  argv: string[],
  { now, signal }: { now: Date; signal: AbortSignal },
): Promise<RunContext<O>> {
  const { logDebug, logError, logInfo, logWarn } = await import("../../../framework/services/Logger");
  return {
    ...parseArguments(argv, (definition.options ?? {}) as O),
    signal,
    log: { info: logInfo, warn: logWarn, error: logError, debug: logDebug },
    run: { id: null, name: "Example", startedAt: now },
  };
}
