import { printable } from "../text/printable";
import { writeAll } from "./writeAll";

/** Says on stderr, which cron appends to the command's log, what went wrong beside the work. */
export function tell(sentence: string): void {
  writeAll(2, `laju: ${printable(sentence)}\n`);
}
