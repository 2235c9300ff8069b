/**
 * How many of the table's newest rows are searched for jobs that ended recently. Ids grow with time, so these rows
 * contain nearly every job that ended in the last hours. An index on the end time would make every job slower.
 */
export const outcomeWindow = 200_000;
