import type { Redis as RedisClient, RedisKey, RedisValue } from "ioredis";
import { lazy } from "./lazy";
import { openRedis } from "./redis/redisClient";

/** What Laju's service took beside ioredis's own forms. */
interface LajuForms {
  set(key: RedisKey, value: RedisValue, ttlSeconds?: number): Promise<"OK">;
  lpush(key: RedisKey, values: RedisValue[]): Promise<number>;
  rpush(key: RedisKey, values: RedisValue[]): Promise<number>;
}

export type AppRedis = RedisClient & LajuForms;

/**
 * Redis, as ioredis's client: loaded at the first use, connected at the first command. Array forms such as
 * `lpush(key, ["a", "b"])` are ioredis's own.
 */
const Redis = lazy(openRedis) as AppRedis;
export default Redis;
