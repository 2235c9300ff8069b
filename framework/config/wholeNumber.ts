/** Parses a whole number from decimal digits; undefined for any other text or a number out of range. */
export function wholeNumber(
  text: string,
  least = 0,
  most: number = Number.MAX_SAFE_INTEGER,
): number | undefined {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : undefined;
}
