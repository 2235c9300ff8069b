/**
 * How many of a table's newest rows are searched for jobs that ended recently. An index on the end time would
 * have to be written for every job. Ids grow with time, so the newest rows contain nearly every job that
 * ended in the last hours.
 */
export const outcomeWindow = 200_000;
