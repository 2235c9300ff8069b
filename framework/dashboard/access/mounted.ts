import { randomBytes } from "node:crypto";
import type { Context } from "hono";
import type { Access } from "./access";
import type { Visitor } from "./visitor";

/**
 * The app's own decision about a visitor. false, null or undefined denies access; true or a name grants it. Changes are
 * recorded under the name. With `canAct: false`, the visitor can see everything but change nothing.
 */
export type Authorized = boolean | string | null | undefined | { name: string; canAct?: boolean };
export type Authorize = (request: Request) => Authorized | Promise<Authorized>;

/** Denies everyone unless the app provides `authorize`. */
export function mountedAccess(authorize: Authorize | undefined): Access {
  return {
    formKey: randomBytes(32),
    async visitorOf(context: Context) {
      return visitorFrom(await authorize?.(context.req.raw));
    },
    refusal(context: Context) {
      const why =
        authorize === undefined
          ? "dashboard() has no authorize(request), so it denies everyone access.\n"
          : "You don't have access to this dashboard.\n";
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
