import { printable } from "../services/printable";
import { writeAll } from "../services/writeAll";

/** Says on stderr, which cron appends to the command's log, what went wrong beside the work. */
export function tell(sentence: string): void {
  writeAll(2, `laju: ${printable(sentence)}\n`);
}
