export * from "laju/services/Redis";
export { default } from "laju/services/Redis";
