export { default } from "./CacheService";
