import { type Incident, type IncidentRow, toIncident } from "../ledger/incidents";
import { ledger } from "../ledger/ledgerFile";

/**
 * Notes that somebody knows of all that is wrong with a command now, and why it is left for the time being. Returns
 * those incidents. Nobody is told of their beginning any more; of their end is told whoever was told of that.
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
 * Takes that back: the incidents need attention again. Of one that was acknowledged before anybody was told, the next
 * sender tells. Returns them.
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
