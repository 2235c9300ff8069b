import { LajuError } from "../config/errors";

/** Converts "laju/" to "/laju". Throws a LajuError if it is not a path. */
export function checkedBasePath(text: string): string {
  const path = text.replace(/^\/+|\/+$/g, "");
  if (path === "") return "";
  if (/^[\w.~-]+(\/[\w.~-]+)*$/.test(path) && !path.split("/").includes("..")) return `/${path}`;
  throw new LajuError(`"${text}" is not a path at which the dashboard can be served`, {
    code: "E_USAGE",
    exitStatus: 2,
    hint: 'Use a path such as "/laju".',
  });
}
