import Redis from "../../services/Redis";
import { type ClaimStore, keptSeconds } from "./claimStore";

export const redisClaims: ClaimStore = {
  async claim(key, holder) {
    const isNew = await Redis.set(key, holder, "EX", keptSeconds, "NX");
    // A command that was sent again after a lost connection finds its own claim.
    return isNew === null ? ((await Redis.get(key)) ?? "a server unknown") : holder;
  },

  async taken(keys) {
    const holders = keys.length === 0 ? [] : await Redis.mget([...keys]);
    return keys.filter((_, index) => holders[index] !== null);
  },
};
