/** Where new jobs are told. */
export const channel = "laju_queue";

/** "laju": the first half of the names of advisory locks. */
export const lockSpace = 0x6c616a75;

/** The server's clock. Within a transaction of the app's it goes on, as that may be long. */
export const now = "(extract(epoch from statement_timestamp()) * 1000)::bigint";

/** Who schedules, and who queues a cron job's next run, wait for each other: by `matchName`, in one order. */
export const lockMatches = `select pg_advisory_xact_lock(${lockSpace}, hash) from (
  select distinct hashtext(name) as hash from unnest($1::text[]) name order by 1) names`;
