export * from "laju/services/SQLite";
export { default } from "laju/services/SQLite";
