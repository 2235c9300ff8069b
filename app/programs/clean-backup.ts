export * from "laju/programs/clean-backup";
export { default } from "laju/programs/clean-backup";
