export * from "laju/services/Mailer";
export { default } from "laju/services/Mailer";
