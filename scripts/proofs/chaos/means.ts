import { existsSync } from "node:fs";
import { faketimeLibrary } from "./hosts";
import type { Means } from "./plan";

/** What this machine provides, which determines the possible faults. */
export function means(): Means {
  return { isRoot: process.getuid?.() === 0, hasFaketime: existsSync(faketimeLibrary) };
}
