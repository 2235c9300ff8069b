export * from "laju/services/Queue";
export { default } from "laju/services/Queue";
