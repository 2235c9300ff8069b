export * from "laju/programs/restore";
export { default } from "laju/programs/restore";
