/**
 * How many of a table's newest rows are read to count the jobs that ended recently. An index on the end time would be
 * written with every job. Ids grow with time, so the newest rows contain nearly all jobs that ended in the last hours.
 */
export const outcomeWindow = 200_000;
