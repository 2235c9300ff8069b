/** Someone who may see the dashboard. */
export interface Visitor {
  /** The name that changes are recorded under. */
  name: string;
  /**
   * What the tokens of their forms are bound to: a session, or the user authenticated by a proxy or the app.
   */
  session: string;
  canAct: boolean;
  /** A program with the metrics token: it may read /metrics and the JSON API. */
  isProgram?: boolean;
  /** Whether they have a session to sign out of. */
  hasSession?: boolean;
}
