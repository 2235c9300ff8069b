import { createHash, randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { join } from "node:path";
import { environmentName, paths, settings } from "../../config/config";
import { LajuError } from "../../config/errors";
import { readText } from "../../config/readText";
import { databaseLocation } from "../../services/database/databaseLocation";
import { redisLocation } from "../../services/redis/redisLocation";
import { type ClaimStore, keptSeconds } from "./claimStore";
import { databaseClaims } from "./databaseClaims";
import { redisClaims } from "./redisClaims";

/** The age up to which a scheduled time can still be claimed, in milliseconds. */
export const longestClaimAge = (keptSeconds / 2) * 1000;

/** A store that accepts the connection but doesn't respond within this time (in milliseconds) counts as unavailable. */
const patienceMs = 10_000;

/**
 * Claims a scheduled time of a command for this process. Returns "this run", or the host that has already claimed it.
 * Throws if the store cannot be reached. The claim may have succeeded even then, if only the response was lost.
 */
export async function claimSlot(name: string, slot: number): Promise<string> {
  const own = `${hostname()} ${randomUUID()}`;
  const store = claimStore();
  const holder = await inTime(store.claim(keyOf(name, slot), own));
  return holder === own ? "this run" : (holder.split(" ")[0] as string);
}

/** Which of these scheduled times of a command some server has claimed. */
export async function claimedSlots(name: string, slots: readonly number[]): Promise<number[]> {
  const keys = new Map(slots.map((slot) => [keyOf(name, slot), slot]));
  const taken = await inTime(claimStore().taken([...keys.keys()]));
  return taken.flatMap((key) => keys.get(key) ?? []);
}

/** Returns a description of the store. Throws if the store does not answer. */
export async function checkClaimStore(): Promise<string> {
  await inTime(claimStore().taken([keyOf("", 0)]));
  const place = databaseLocation();
  if (settings().redis.isSet) return `Redis at ${redisLocation().address}`;
  return `the database at ${"address" in place ? place.address : ""}`;
}

function claimStore(): ClaimStore {
  if (settings().redis.isSet) return redisClaims;
  if (databaseLocation().engine !== "sqlite") return databaseClaims;
  throw new LajuError("oneServer needs a store shared by all servers, but none is configured", {
    code: "E_ONE_SERVER_STORE",
    hint: "Set REDIS_URL, or DATABASE_URL to PostgreSQL or MySQL, or remove oneServer from the command.",
  });
}

/**
 * The claim's key: readable, or a hash if it would be too long. Contains the package's name, because apps may share a
 * store.
 */
function keyOf(name: string, slot: number): string {
  const { name: app } = JSON.parse(readText(join(paths.root, "package.json")));
  const key = `laju:claim:${app}:${environmentName()}:${name}:${new Date(slot).toISOString()}`;
  return key.length <= 250 ? key : `laju:claim:${createHash("sha256").update(key).digest("hex")}`;
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new LajuError(`the shared store did not answer within ${patienceMs / 1000} s`, {
      code: "E_ONE_SERVER_AWAY",
      hint: "`node laju doctor` shows whether the store can be reached.",
    });
    timer = setTimeout(() => reject(error), patienceMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
