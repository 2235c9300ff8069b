/** Someone with access to the dashboard. */
export interface Visitor {
  /** The name that changes are recorded under. */
  name: string;
  /** What their form tokens are bound to: a session, or the user that a proxy or the app authenticated. */
  session: string;
  canAct: boolean;
  /** A program with the metrics token, which gives access to /metrics and the JSON API. */
  isProgram?: boolean;
  /** Whether they have a session that they can end. */
  hasSession?: boolean;
}
