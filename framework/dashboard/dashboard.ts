import { type Authorize, mountedAccess } from "./access/mounted";
import { checkedBasePath } from "./basePath";
import { dashboardApp } from "./routes";

export type { Authorize, Authorized } from "./access/mounted";

export interface DashboardOptions {
  /** The path at which the dashboard is mounted, such as "/laju" (default: none). */
  basePath?: string;
  /** Decides who has access. Without this function, every request is denied. */
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
