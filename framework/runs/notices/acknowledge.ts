import { type Incident, type IncidentRow, toIncident } from "../ledger/incidents";
import { ledger } from "../ledger/ledgerFile";

/**
 * Acknowledges all open incidents of a command, with a reason, and returns them. No more failure notices are sent about
 * them. Recovery notices still go to everyone who got a failure notice.
 */
export function acknowledge(name: string, { reason, at }: { reason: string | null; at: number }): Incident[] {
  const rows = ledger()
    .prepare(
      `UPDATE incidents SET acked_at = ?, ack_reason = ?, opening_told = 1
       WHERE name = ? AND closed_at IS NULL RETURNING *`,
    )
    .all(at, reason, name);
  return (rows as IncidentRow[]).map(toIncident);
}

/**
 * Undoes an acknowledgement, and returns the incidents that need attention again. If an incident was acknowledged
 * before its failure notices were written, the next sender writes them.
 */
export function undoAcknowledgement(name: string): Incident[] {
  const rows = ledger()
    .prepare(
      `UPDATE incidents SET acked_at = NULL, ack_reason = NULL, opening_told = EXISTS (
         SELECT 1 FROM notices WHERE incident_id = incidents.id AND event = 'failure')
       WHERE name = ? AND closed_at IS NULL AND acked_at IS NOT NULL RETURNING *`,
    )
    .all(name);
  return (rows as IncidentRow[]).map(toIncident);
}
