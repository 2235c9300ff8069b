export * from "laju/services/CacheService";
export { default } from "laju/services/CacheService";
