/** Formats a number as "12,345". Doesn't use Intl, whose data takes 8 MB of memory. */
export function counted(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}
