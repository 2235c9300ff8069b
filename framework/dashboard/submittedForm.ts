import type { Context } from "hono";
import { LajuError } from "../config/errors";

/**
 * Returns a submitted form's text fields. Uploaded files are dropped, because none of our forms contains any. Throws a
 * LajuError if the form is malformed.
 */
export async function submittedForm(context: Context): Promise<Record<string, string>> {
  const fields = await parsed(context);
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => isText(entry[1])),
  );
}

async function parsed(context: Context): Promise<Record<string, unknown>> {
  try {
    return await context.req.parseBody();
  } catch (error) {
    throw new LajuError("the submitted form cannot be read", { code: "E_FORM", exitStatus: 2, cause: error });
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
