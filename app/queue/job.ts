export * from "laju/job";
