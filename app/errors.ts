export * from "laju/errors";
