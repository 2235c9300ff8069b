import type { OneServer, Overlap } from "../metadata/commandMeta";
import type { OptionSpecs } from "../metadata/optionSpecs";
import type { Retries } from "../runs/supervision/retry";

/** What the build writes into a compiled command about itself. */
export interface CompiledFacts {
  name: string;
  description?: string;
  schedule?: string[];
  timezone?: string;
  timeout?: string | false;
  /** null: no limit, whatever COMMAND_TIMEOUT says. */
  timeoutMs?: number | null;
  overlap: Overlap;
  retries?: Retries;
  ping?: string;
  oneServer?: OneServer;
  options?: OptionSpecs;
  /** A script that reads its own arguments answers --help itself. */
  readsArguments?: boolean;
}
