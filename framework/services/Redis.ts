import type { Redis as RedisClient, RedisKey, RedisValue } from "ioredis";
import { lazy } from "./lazy";
import { openRedis } from "./redis/redisClient";

/** Signatures that Laju's Redis service accepts in addition to ioredis's own. */
interface LajuForms {
  set(key: RedisKey, value: RedisValue, ttlSeconds?: number): Promise<"OK">;
  lpush(key: RedisKey, values: RedisValue[]): Promise<number>;
  rpush(key: RedisKey, values: RedisValue[]): Promise<number>;
}

export type AppRedis = RedisClient & LajuForms;

/** The ioredis client. It is loaded on first use, and connects with the first command. */
const Redis = lazy(openRedis) as AppRedis;
export default Redis;
