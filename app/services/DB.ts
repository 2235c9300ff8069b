export * from "laju/services/DB";
export { default } from "laju/services/DB";
