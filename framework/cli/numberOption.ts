import { LajuError } from "../config/errors";
import { wholeNumber } from "../config/wholeNumber";

interface Wanted {
  least?: number;
  most?: number;
  /** What the option takes, as the message says it: "a whole number above 0". */
  wanted: string;
  hint: string;
}

/** The whole number that was given to an option. Throws a LajuError for anything else. */
export function numberOption(option: string, text: string, { least, most, wanted, hint }: Wanted): number {
  const number = wholeNumber(text, least, most);
  if (number !== undefined) return number;
  throw new LajuError(`--${option} ${text} is not ${wanted}`, { code: "E_USAGE", exitStatus: 2, hint });
}
