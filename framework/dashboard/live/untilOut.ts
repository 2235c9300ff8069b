import { setTimeout } from "node:timers/promises";
import type { Context } from "hono";

/** How often a visitor's access is rechecked, in milliseconds. */
const checkMs = 10_000;

/** Resolves once the visitor has signed out or lost access, or after the stream has ended. */
export async function untilOut(context: Context, isOver: () => boolean): Promise<void> {
  const isStillIn = context.get("isStillIn") as () => Promise<boolean>;
  do await setTimeout(checkMs, undefined, { ref: false });
  while (!isOver() && (await isStillIn()));
}
