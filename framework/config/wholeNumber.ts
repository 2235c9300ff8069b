/** The number that digits write; undefined for any other text, and for a number out of range. */
export function wholeNumber(
  text: string,
  least = 0,
  most: number = Number.MAX_SAFE_INTEGER,
): number | undefined {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : undefined;
}
