import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArguments } from "../../../framework/cli/arguments";
import type { OptionSpecs } from "../../../framework/metadata/optionSpecs";
import type { CommandDefinition, CommandResult, RunContext } from "../../../framework/start/runCommand";
import { fresh } from "./fresh";

/** An app with the examples' app/ folder and a real database. Its commands run in the test's own process. */
export interface AppInProcess {
  root: string;
  DB: typeof import("../../../framework/services/DB").default;
  /** Runs a declared command with command-line arguments, as its process would. */
  run<O extends OptionSpecs>(
    definition: CommandDefinition<O>,
    argv?: string[],
    more?: { now?: Date; signal?: AbortSignal },
  ): Promise<CommandResult>;
  remove(): Promise<void>;
}

/** A morning in the host's time zone, so that "yesterday" is the same day everywhere. */
export const morning = new Date(2026, 2, 10, 8);

/** Creates the app. Import commands and services only afterwards, because they read environment variables that this sets. */
export async function appInProcess(variables: Record<string, string> = {}): Promise<AppInProcess> {
  const root = mkdtempSync(join(tmpdir(), "laju-in-process-"));
  symlinkSync(join(import.meta.dirname, "../../../app"), join(root, "app"));
  const load = () => import("../../../framework/services/DB");
  const { default: DB } = await fresh({ LAJU_ROOT: root, NODE_ENV: "development", ...variables }, load);
  return {
    root,
    DB,
    async run(definition, argv = [], { now = morning, signal = new AbortController().signal } = {}) {
      return definition.run(await contextOf(definition, argv, { now, signal }));
    },
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
