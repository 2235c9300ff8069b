import { LajuError } from "../config/errors";
import { type Authorize, mountedAccess } from "./access/mounted";
import { dashboardApp } from "./routes";

export type { Authorize, Authorized } from "./access/mounted";

export interface DashboardOptions {
  /** The path that it is mounted at, such as "/laju" (default: none). */
  basePath?: string;
  /** Says who may look: without it every request is refused. */
  authorize?: Authorize;
  /** Whether nobody may change anything (default: false). */
  readOnly?: boolean;
}

/** The dashboard as a standard `fetch` handler, for a server of the app's own. */
export function dashboard(options: DashboardOptions = {}): (request: Request) => Promise<Response> {
  const { basePath = "", authorize, readOnly = false } = options;
  const app = dashboardApp({
    access: mountedAccess(authorize),
    basePath: checkedBasePath(basePath),
    isReadOnly: readOnly,
  });
  return async (request) => app.fetch(request);
}

/** "/laju" of "laju/". Throws a LajuError for what is no path. */
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
