import { createHash } from "node:crypto";
import type { Knex } from "knex";
import { seeded } from "../seeded";
import { bodies, names, titles } from "./words";

const dayMs = 86_400_000;

/** How many rows of each kind the demonstration data contains. */
export interface Seeded {
  users: number;
  posts: number;
  sessions: number;
  tokens: number;
}

/**
 * Fills the demonstration tables with a small blog, always the same, with dates relative to `now`. It EMPTIES the
 * tables first: use it only for a demonstration or test database.
 */
// biome-ignore lint/suspicious/noExplicitAny: DB is a Knex of rows without a declared shape.
export async function seed(db: Knex<any, any[]>, now = Date.now()): Promise<Seeded> {
  return db.transaction(async (trx) => {
    for (const table of demoTables) await trx(table).delete();
    // Insert in batches, because databases limit the number of values in one statement.
    const insert = (table: string, rows: object[]) => trx.batchInsert(table, rows, 50);

    await insert("users", users(now));
    const ids: number[] = await trx("users").orderBy("email").pluck("id");
    const rows = { posts: posts(now, ids), sessions: sessions(now, ids), tokens: tokens(now, ids) };
    for (const [table, all] of Object.entries(rows)) await insert(table, all);

    const { posts: p, sessions: s, tokens: t } = rows;
    return { users: ids.length, posts: p.length, sessions: s.length, tokens: t.length };
  });
}

/** The tables, in an order in which they can be emptied despite foreign keys: children before parents. */
const demoTables = [
  "digest_deliveries",
  "monthly_reports",
  "products",
  "tokens",
  "sessions",
  "posts",
  "users",
] as const;

/** Every third user has opted in to the digest. The first user is the administrator, who gets the report. */
function users(now: number) {
  return names.map((name, index) => ({
    name,
    email: `${asciiOf(name).replaceAll(/[^a-z]+/g, ".")}@example.com`,
    role: index === 0 ? "admin" : "member",
    wants_digest: index % 3 === 0,
    created_at: now - (index * 7 + 1) * dayMs,
  }));
}

function asciiOf(name: string): string {
  return name.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

/** Four posts a day for the last sixty days, three drafts, and two posts that are due for publication. */
function posts(now: number, ids: number[]) {
  const random = seeded(20260101);
  const post = (index: number, state: PostState) => ({
    user_id: ids[Math.floor(random() * ids.length)],
    title: titles[index % titles.length],
    body: bodies[index % bodies.length],
    ...state,
  });
  const published = Array.from({ length: 240 }, (_, index) => {
    const publishedAt = now - Math.floor((index + random()) * (dayMs / 4));
    return post(index, { status: "published", published_at: publishedAt, created_at: publishedAt });
  });
  const drafts = Array.from({ length: 3 }, (_, index) =>
    post(240 + index, { status: "draft", published_at: null, created_at: now - index * dayMs }),
  );
  const due = Array.from({ length: 2 }, (_, index) =>
    post(243 + index, { status: "scheduled", published_at: now - 60_000, created_at: now - dayMs }),
  );
  const later = post(245, { status: "scheduled", published_at: now + dayMs, created_at: now });
  return [...published, ...drafts, ...due, later];
}

interface PostState {
  status: "draft" | "scheduled" | "published";
  published_at: number | null;
  created_at: number;
}

/** One session a day for the last 120 days. With its default of 30 days, CleanupOldData deletes 90 of them. */
function sessions(now: number, ids: number[]) {
  return Array.from({ length: 120 }, (_, index) => ({
    id: hash(`session ${index}`),
    user_id: ids[index % ids.length],
    created_at: now - (index + 2) * dayMs,
    updated_at: now - index * dayMs - 60_000,
  }));
}

/** Tokens, of which half have expired. */
function tokens(now: number, ids: number[]) {
  return Array.from({ length: 40 }, (_, index) => ({
    user_id: ids[index % ids.length],
    purpose: index % 4 === 0 ? "verify-email" : "reset-password",
    token_hash: hash(`token ${index}`),
    expires_at: now + (index % 2 === 0 ? 1 : -1) * (index + 1) * 3_600_000,
  }));
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
