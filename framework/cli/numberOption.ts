import { LajuError } from "../config/errors";
import { wholeNumber } from "../config/wholeNumber";

interface NumberRange {
  least?: number;
  most?: number;
  /** Describes the accepted values in the error message: "a whole number above 0". */
  wanted: string;
  hint: string;
}

/** The value of an option that takes a whole number. Throws a LajuError if it isn't one in the accepted range. */
export function numberOption(
  option: string,
  text: string,
  { least, most, wanted, hint }: NumberRange,
): number {
  const number = wholeNumber(text, least, most);
  if (number !== undefined) return number;
  throw new LajuError(`--${option} ${text} is not ${wanted}`, { code: "E_USAGE", exitStatus: 2, hint });
}
