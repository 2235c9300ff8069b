export * from "laju/services/View";
export { default } from "laju/services/View";
