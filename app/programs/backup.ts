export * from "laju/programs/backup";
export { default } from "laju/programs/backup";
