export * from "laju/services/Logger";
export { default } from "laju/services/Logger";
