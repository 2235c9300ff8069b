import { LajuError } from "../config/errors";

/** Converts "laju/" to "/laju". Throws a LajuError if it is not a path. */
export function checkedBasePath(text: string): string {
  const path = text.replace(/^\/+|\/+$/g, "");
  if (path === "") return "";
  if (/^[\w.~-]+(\/[\w.~-]+)*$/.test(path) && !path.split("/").includes("..")) return `/${path}`;
  throw new LajuError(`"${text}" is not a path to be reached under`, {
    code: "E_USAGE",
    exitStatus: 2,
    hint: 'Write one such as "/laju".',
  });
}
