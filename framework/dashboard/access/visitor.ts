/** Somebody who may look at the dashboard. */
export interface Visitor {
  /** What changes are recorded under. */
  name: string;
  /** What their forms' tokens are bound to: a session, or the user a proxy or the app has checked. */
  session: string;
  canAct: boolean;
  /** A program with the metrics token: it may read /metrics and the JSON API. */
  isProgram?: boolean;
  /** Whether they can sign out here. */
  hasSession?: boolean;
}
