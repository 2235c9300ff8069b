import type { Context } from "hono";
import type { Visitor } from "./visitor";

/** How a dashboard knows who asks: by itself (`node laju dashboard`), or by the server it is mounted in. */
export interface Access {
  /** What signs the tokens of forms. */
  formKey: Buffer;
  /** Undefined for somebody who may not look. */
  visitorOf(context: Context): Visitor | undefined | Promise<Visitor | undefined>;
  /** What such a request gets. */
  refusal(context: Context): Response | Promise<Response>;
}
