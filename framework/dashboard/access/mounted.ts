import { randomBytes } from "node:crypto";
import type { Context } from "hono";
import type { Access } from "./access";
import type { Visitor } from "./visitor";

/**
 * Who asks, by the app's own judgment: false, null or undefined for nobody; true, or the name that changes are recorded
 * under. `canAct: false` shows everything and changes nothing.
 */
export type Authorized = boolean | string | null | undefined | { name: string; canAct?: boolean };
export type Authorize = (request: Request) => Authorized | Promise<Authorized>;

/** Nobody gets in until the app says who may. */
export function mountedAccess(authorize: Authorize | undefined): Access {
  return {
    formKey: randomBytes(32),
    async visitorOf(context: Context) {
      return visitorFrom(await authorize?.(context.req.raw));
    },
    refusal(context: Context) {
      const why =
        authorize === undefined
          ? "dashboard() was given no authorize(request), so it lets nobody in.\n"
          : "Not for you.\n";
      return context.text(why, 403);
    },
  };
}

function visitorFrom(answer: Authorized): Visitor | undefined {
  if (answer === true) return { name: "somebody", session: "app", canAct: true };
  if (typeof answer === "string" && answer !== "")
    return { name: answer, session: `app ${answer}`, canAct: true };
  if (typeof answer !== "object" || answer === null || typeof answer.name !== "string") return undefined;
  return { name: answer.name, session: `app ${answer.name}`, canAct: answer.canAct ?? true };
}
