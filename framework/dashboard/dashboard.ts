import { LajuError } from "../config/errors";
import { type Authorize, mountedAccess } from "./access/mounted";
import { dashboardApp } from "./routes";

export type { Authorize, Authorized } from "./access/mounted";

export interface DashboardOptions {
  /** The path at which it is mounted, such as "/laju" (default: none). */
  basePath?: string;
  /** Decides who may see it. Without it, every request is denied. */
  authorize?: Authorize;
  /** Whether all changes are disabled (default: false). */
  readOnly?: boolean;
}

/** The dashboard as a standard `fetch` handler, to mount in the app's own server. */
export function dashboard(options: DashboardOptions = {}): (request: Request) => Promise<Response> {
  const { basePath = "", authorize, readOnly = false } = options;
  const app = dashboardApp({
    access: mountedAccess(authorize),
    basePath: checkedBasePath(basePath),
    isReadOnly: readOnly,
  });
  return async (request) => app.fetch(request);
}

/** Converts "laju/" to "/laju". Throws a LajuError if it is not a path. */
export function checkedBasePath(text: string): string {
  const path = text.replace(/^\/+|\/+$/g, "");
  if (path === "") return "";
  if (/^[\w.~-]+(\/[\w.~-]+)*$/.test(path) && !path.split("/").includes("..")) return `/${path}`;
  throw new LajuError(`"${text}" is not a valid base path`, {
    code: "E_USAGE",
    exitStatus: 2,
    hint: 'Write one such as "/laju".',
  });
}
