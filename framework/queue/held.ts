import type { Held } from "./engine";

/** Unlike that of any other claim, also of a job that got the same id in a store that was restored from an older copy. */
export function heldKey({ id, attempt, createdAt }: Held): string {
  return `${id} ${attempt} ${createdAt}`;
}

export function isSameClaim(one: Held, other: Held): boolean {
  return one.id === other.id && one.attempt === other.attempt && one.createdAt === other.createdAt;
}

/** What a job's claim is known by, without what the job carries. */
export function heldOf({ id, attempt, createdAt }: Held): Held {
  return { id, attempt, createdAt };
}
