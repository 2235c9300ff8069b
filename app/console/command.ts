export * from "laju/command";
