/**
 * So many of a table's newest rows are looked at for what has ended lately. An index over when jobs end would be written
 * with every one of them; ids grow with time, so the newest rows have nearly all that ended in the last hours.
 */
export const outcomeWindow = 200_000;
