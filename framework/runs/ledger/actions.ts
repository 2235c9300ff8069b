import { ledger } from "./ledgerFile";

/** An action that a person performed in the dashboard. */
export interface Action {
  at: number;
  who: string;
  /** "run", "stop", "pause", … */
  action: string;
  /** The command, job or other object of the action. */
  subject: string;
  /** The reason or the options that the person gave, without secrets. */
  details: string | null;
  /** The key of the run that the action started. */
  runKey: string | null;
}

export function recordAction({ at, who, action, subject, details, runKey }: Action): void {
  ledger()
    .prepare("INSERT INTO actions (at, who, action, subject, details, run_key) VALUES (?, ?, ?, ?, ?, ?)")
    .run(at, who, action, subject, details, runKey);
}

/** A command's actions, latest first. */
export function actionsOn(subject: string, limit: number): Action[] {
  const rows = ledger()
    .prepare("SELECT * FROM actions WHERE subject = ? ORDER BY id DESC LIMIT ?")
    .all(subject, limit);
  return (rows as ActionRow[]).map(toAction);
}

/** The actions of these kinds, latest first. */
export function actionsOfKinds(kinds: readonly string[], limit: number): Action[] {
  const rows = ledger()
    .prepare(
      "SELECT * FROM actions WHERE action IN (SELECT value FROM json_each(?)) ORDER BY id DESC LIMIT ?",
    )
    .all(JSON.stringify(kinds), limit);
  return (rows as ActionRow[]).map(toAction);
}

/** The action that started a run, if it was started from the dashboard. */
export function actionOfRun(key: string): Action | undefined {
  const row = ledger().prepare("SELECT * FROM actions WHERE run_key = ?").get(key) as ActionRow | undefined;
  return row && toAction(row);
}

interface ActionRow extends Omit<Action, "runKey"> {
  run_key: string | null;
}

function toAction({ at, who, action, subject, details, run_key }: ActionRow): Action {
  return { at, who, action, subject, details, runKey: run_key };
}
