/** Parses a string of digits. Undefined for any other string, or if the number is out of range. */
export function wholeNumber(
  text: string,
  least = 0,
  most: number = Number.MAX_SAFE_INTEGER,
): number | undefined {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : undefined;
}
