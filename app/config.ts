export * from "laju/config";
