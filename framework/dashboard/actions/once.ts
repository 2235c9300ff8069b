/** How long a repeated submission counts as the same one, in milliseconds. */
const windowMs = 15_000;

const recent = new Map<string, Promise<unknown>>();

/**
 * Does the work once, even if a form is submitted twice, as with a double click: the second submission gets the result
 * of the first.
 */
export function once<T>(submission: string, work: () => Promise<T>): Promise<T> {
  const known = recent.get(submission) as Promise<T> | undefined;
  if (known !== undefined) return known;
  const result = work();
  recent.set(submission, result);
  setTimeout(() => recent.delete(submission), windowMs).unref();
  return result;
}
