/** Someone with access to the dashboard. */
export interface Visitor {
  /** The name under which changes are recorded. */
  name: string;
  /** What the visitor's form tokens are bound to: a session, or the user that a proxy or the app authenticated. */
  session: string;
  canAct: boolean;
  /** A program with the metrics token, which gives access to /metrics and the JSON API. */
  isProgram?: boolean;
  /** Whether the visitor has a session, and so can sign out. */
  hasSession?: boolean;
}
