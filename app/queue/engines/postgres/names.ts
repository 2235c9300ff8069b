/** Where new jobs are told. */
export const channel = "laju_queue";

/** "laju": the first half of the names of advisory locks. */
export const lockSpace = 0x6c616a75;

/** The server's clock. Within a transaction of the app's it goes on, as that may be long. */
export const now = "(extract(epoch from statement_timestamp()) * 1000)::bigint";
