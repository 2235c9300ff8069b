import type { Database } from "../../services/database/sqliteDriver";
import { findIncident, incidentsWithoutNotices } from "../ledger/incidents";
import { ledger } from "../ledger/ledgerFile";

/** What a notice reports: the start or end of an incident or, if it is a ping, the start or end of a run. */
export type NoticeEvent = "failure" | "recovery" | "start" | "success" | "fail";

/** One message to one receiver: `mail:ops@example.com`, `webhook`, or `ping:https://…`. */
export interface Notice {
  id: number;
  name: string;
  event: NoticeEvent;
  channel: string;
  incidentId: number | null;
  runId: number | null;
  createdAt: number;
  attempts: number;
  /** Why the last attempt failed. */
  error: string | null;
}

const hour = 3_600_000;
/** The sender gives up on a notice that is older than this, in milliseconds. */
const longestPendingMs = { incident: 24 * hour, ping: hour };
/** A ping younger than this, in milliseconds, is sent even if there is a later ping. */
const freshMs = 300_000;
/** How long a sender's claim lasts, in milliseconds: longer than any attempt takes. */
const claimMs = 120_000;

export function addPing(
  ping: Pick<Notice, "name" | "event" | "runId" | "createdAt"> & { url: string },
): void {
  insertNotice({ ...ping, channel: `ping:${ping.url}`, incidentId: null });
}

/**
 * Whether another process has just written a ping and is starting a sender, which will send this process's ping too.
 */
export function isSenderComing(at: number): boolean {
  const row = ledger()
    .prepare(
      `SELECT count(*) AS count FROM notices
       WHERE ended_at IS NULL AND attempts = 0 AND claimed_until = 0 AND created_at > ?`,
    )
    .get(at - 2_000) as { count: number };
  return row.count > 1;
}

/**
 * Writes the notices of incidents that have none yet: failure notices for the channels from `channelsOf`, recovery
 * notices for the channels that got the failure notice.
 */
export function writeNotices(channelsOf: (name: string) => string[], now: number): void {
  for (const incident of incidentsWithoutNotices()) {
    const { id, name } = incident;
    if (!incident.hasOpeningNotices) {
      write(id, "opening_told", { name, event: "failure", runId: incident.runId }, channelsOf(name), now);
    }
    if (findIncident(id)?.closedAt == null) continue;
    write(
      id,
      "closing_told",
      { name, event: "recovery", runId: incident.closedRunId },
      notifiedChannels(id),
      now,
    );
  }
}

/**
 * Writes the notices of one incident. If two senders do this at once, only the one whose update sets the flag writes
 * them.
 */
function write(
  incidentId: number,
  flag: "opening_told" | "closing_told",
  notice: Pick<Notice, "name" | "event" | "runId">,
  channels: string[],
  createdAt: number,
): void {
  const database = ledger();
  database
    .transaction(() => {
      const { changes } = database
        .prepare(`UPDATE incidents SET ${flag} = 1 WHERE id = ? AND ${flag} = 0`)
        .run(incidentId);
      if (changes === 0) return;
      for (const channel of channels) insertNotice({ ...notice, channel, incidentId, createdAt });
    })
    .immediate();
}

function notifiedChannels(incidentId: number): string[] {
  const rows = ledger()
    .prepare("SELECT DISTINCT channel FROM notices WHERE incident_id = ? AND event = 'failure' ORDER BY id")
    .all(incidentId) as { channel: string }[];
  return rows.map(({ channel }) => channel);
}

function insertNotice(notice: Omit<Notice, "id" | "attempts" | "error">): void {
  ledger()
    .prepare(
      `INSERT INTO notices (name, event, channel, incident_id, run_id, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
    )
    .run(notice.name, notice.event, notice.channel, notice.incidentId, notice.runId, notice.createdAt);
}

/** What a sender skips: notices it has already tried, and receivers that currently refuse all notices. */
export interface Excluded {
  ids: number[];
  channels: string[];
}

/**
 * Claims the next pending notice for this sender. While a notice is in transit, later ones about the same command to
 * the same receiver wait, so that a recovery never arrives before its failure.
 */
export function claimNotice(now: number, except: Excluded): Notice | undefined {
  const row = ledger()
    .prepare(
      `UPDATE notices SET claimed_until = @until, attempts = attempts + 1
       WHERE id = (
         SELECT id FROM notices AS n
         WHERE ended_at IS NULL AND claimed_until <= @now
           AND id NOT IN (SELECT value FROM json_each(@ids))
           AND channel NOT IN (SELECT value FROM json_each(@channels))
           AND NOT EXISTS (
             SELECT 1 FROM notices AS earlier
             WHERE earlier.name = n.name AND earlier.channel = n.channel AND earlier.id < n.id
               AND earlier.ended_at IS NULL AND earlier.claimed_until > @now)
         ORDER BY attempts, id LIMIT 1)
       RETURNING *`,
    )
    .get({
      now,
      until: now + claimMs,
      ids: JSON.stringify(except.ids),
      channels: JSON.stringify(except.channels),
    }) as NoticeRow | undefined;
  return row && toNotice(row);
}

export function noticeSent(id: number, now: number): void {
  ledger()
    .prepare("UPDATE notices SET ended_at = ?, ending = 'sent', error = NULL WHERE id = ?")
    .run(now, id);
}

/** Releases the claim, so that the notice is pending again. */
export function noticeFailed(id: number, error: string): void {
  ledger().prepare("UPDATE notices SET claimed_until = 0, error = ? WHERE id = ?").run(error, id);
}

/** Drops superseded pings, and notices that have been undeliverable for too long. */
export function dropStaleNotices(now: number): void {
  ledger()
    .prepare(
      `UPDATE notices SET ended_at = @now, ending = 'superseded'
       WHERE ended_at IS NULL AND incident_id IS NULL AND claimed_until <= @now
         AND (attempts > 0 OR created_at < @now - @fresh)
         AND EXISTS (SELECT 1 FROM notices AS later
                     WHERE later.name = notices.name AND later.channel = notices.channel
                       AND later.id > notices.id)`,
    )
    .run({ now, fresh: freshMs });
  ledger()
    .prepare(
      `UPDATE notices SET ended_at = @now, ending = 'given up'
       WHERE ended_at IS NULL AND claimed_until <= @now
         AND created_at < @now - CASE WHEN incident_id IS NULL THEN @ping ELSE @incident END`,
    )
    .run({ now, ...longestPendingMs });
}

/** How many of the newest notices to search for ones that the sender gave up on. */
const newest = 500;

/** Pending notices, and given-up notices whose receiver has not received any notice since then; oldest first. */
export function unsentNotices(database: Database): { waiting: Notice[]; givenUp: Notice[] } {
  const waiting = database.prepare("SELECT * FROM notices WHERE ended_at IS NULL ORDER BY id").all();
  const givenUp = database
    .prepare(
      `SELECT * FROM notices AS n WHERE id > (SELECT max(id) FROM notices) - ${newest} AND ending = 'given up'
         AND incident_id IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM notices AS later WHERE later.id > n.id AND later.channel = n.channel AND later.ending = 'sent')
       ORDER BY id`,
    )
    .all();
  return { waiting: (waiting as NoticeRow[]).map(toNotice), givenUp: (givenUp as NoticeRow[]).map(toNotice) };
}

interface NoticeRow {
  id: number;
  name: string;
  event: NoticeEvent;
  channel: string;
  incident_id: number | null;
  run_id: number | null;
  created_at: number;
  attempts: number;
  error: string | null;
}

function toNotice(row: NoticeRow): Notice {
  return {
    id: row.id,
    name: row.name,
    event: row.event,
    channel: row.channel,
    incidentId: row.incident_id,
    runId: row.run_id,
    createdAt: row.created_at,
    attempts: row.attempts,
    error: row.error,
  };
}
