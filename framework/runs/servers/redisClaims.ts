import Redis from "../../services/Redis";
import { type ClaimStore, keptSeconds } from "./claimStore";

export const redisClaims: ClaimStore = {
  async claim(key, holder) {
    const isNew = await Redis.set(key, holder, "EX", keptSeconds, "NX");
    // If the client resent the SET after losing the connection, the claim that we find may be our own.
    return isNew === null ? ((await Redis.get(key)) ?? "unknown") : holder;
  },

  async taken(keys) {
    const holders = keys.length === 0 ? [] : await Redis.mget([...keys]);
    return keys.filter((_, index) => holders[index] !== null);
  },
};
