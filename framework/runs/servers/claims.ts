import { createHash, randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { join } from "node:path";
import { environmentName, paths, settings } from "../../config/config";
import { LajuError } from "../../config/errors";
import { readText } from "../../config/readText";
import { databasePlace } from "../../services/database/databasePlace";
import { redisPlace } from "../../services/redis/redisPlace";
import { type ClaimStore, keptSeconds } from "./claimStore";
import { databaseClaims } from "./databaseClaims";
import { redisClaims } from "./redisClaims";

/** How long after its time a slot may be claimed, in milliseconds. */
export const longestClaimAge = (keptSeconds / 2) * 1000;

/** A store that takes the connection and then says nothing is away too. */
const patienceMs = 10_000;

/**
 * Claims a scheduled moment of a command for this process: "this run", or the host that has it already. Throws when
 * the store cannot be asked; nothing is known then. (It may be claimed all the same, by an answer that was lost.)
 */
export async function claimSlot(name: string, slot: number): Promise<string> {
  const own = `${hostname()} ${randomUUID()}`;
  const store = claimStore();
  const holder = await inTime(store.claim(keyOf(name, slot), own));
  return holder === own ? "this run" : (holder.split(" ")[0] as string);
}

/** Which of these moments of a command some server has claimed. */
export async function claimedSlots(name: string, slots: readonly number[]): Promise<number[]> {
  const keys = new Map(slots.map((slot) => [keyOf(name, slot), slot]));
  const taken = await inTime(claimStore().taken([...keys.keys()]));
  return taken.flatMap((key) => keys.get(key) ?? []);
}

/** Asks the store for nothing, and throws if it does not answer; returns what it is, for people. */
export async function lookAtClaimStore(): Promise<string> {
  await inTime(claimStore().taken([keyOf("", 0)]));
  const place = databasePlace();
  if (settings().redis.isSet) return `Redis at ${redisPlace().address}`;
  return `the database at ${"address" in place ? place.address : ""}`;
}

function claimStore(): ClaimStore {
  if (settings().redis.isSet) return redisClaims;
  if (databasePlace().engine !== "sqlite") return databaseClaims;
  throw new LajuError("oneServer needs a store that the servers share, and none is set up", {
    code: "E_ONE_SERVER_STORE",
    hint: "Set REDIS_URL, or DATABASE_URL to a PostgreSQL or MySQL; or take oneServer out of the command.",
  });
}

/** Readable where it fits, so that people find it; apps that share a store differ by their package's name. */
function keyOf(name: string, slot: number): string {
  const { name: app } = JSON.parse(readText(join(paths.root, "package.json")));
  const key = `laju:claim:${app}:${environmentName()}:${name}:${new Date(slot).toISOString()}`;
  return key.length <= 250 ? key : `laju:claim:${createHash("sha256").update(key).digest("hex")}`;
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new LajuError(
      `the store that the servers share gave no answer within ${patienceMs / 1000} s`,
      {
        code: "E_ONE_SERVER_AWAY",
        hint: "node laju doctor says whether it can be reached.",
      },
    );
    timer = setTimeout(() => reject(error), patienceMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
