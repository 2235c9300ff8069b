import { existsSync } from "node:fs";
import { faketimeLibrary } from "./hosts";
import type { Means } from "./plan";

/** What kinds of faults this machine supports. */
export function means(): Means {
  return { isRoot: process.getuid?.() === 0, hasFaketime: existsSync(faketimeLibrary) };
}
