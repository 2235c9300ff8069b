export * from "laju/services/QueueWorker";
