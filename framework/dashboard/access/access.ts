import type { Context } from "hono";
import type { Visitor } from "./visitor";

/**
 * How a dashboard identifies its visitors: by itself (`node laju dashboard`), or through the server in which it is
 * mounted.
 */
export interface Access {
  /** The key that signs form tokens. */
  formKey: Buffer;
  /** The visitor who sent a request; undefined for anyone without access to the dashboard. */
  visitorOf(context: Context): Visitor | undefined | Promise<Visitor | undefined>;
  /** The response to a request without access. */
  refusal(context: Context): Response | Promise<Response>;
}
