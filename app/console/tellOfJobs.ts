export * from "laju/notices";
