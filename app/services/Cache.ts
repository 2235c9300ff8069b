export * from "laju/services/Cache";
export { default } from "laju/services/Cache";
