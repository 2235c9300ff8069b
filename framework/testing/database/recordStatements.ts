import { writeFileSync } from "node:fs";
import { serialize } from "node:v8";
import { require } from "../../config/require";
import { createExtensionSchema, extensionSchema, withSharedExtensions } from "./extensions";

/** A statement that may have changed the database, with its values. */
export interface Statement {
  text: string;
  values?: unknown[];
}

const transaction = /^\s*(begin|commit|savepoint|release|start\s+transaction|set\s+local)\b/i;
/**
 * Matches statements that don't have to be recorded, because they change nothing: queries without function calls, and
 * the queries that Knex and laju make about the schema and about locks.
 */
const question =
  /^\s*select\b([^(]*$|\s+\*\s+from\s+information_schema|\s+pg_try_advisory|\s+version\(\)|.*\bpg_locks\b)/i;
const unrepeatable = /^\s*(rollback|set\s|copy\s)|\bset_config\(/i;

/**
 * Matches CONCURRENTLY in CREATE INDEX and DROP INDEX. It has to be removed, because such a statement waits for the
 * transactions of all other tests in the database.
 */
const concurrently = /^(\s*(?:create\s+(?:unique\s+)?|drop\s+)index\s+)concurrently\s/i;

/**
 * Records the statements that migrations send to PostgreSQL, with whichever client, so that they can be repeated in
 * another schema. The returned function writes them to a file, unless one of them can't be repeated.
 */
export function recordStatements(): (file: string) => void {
  const { Client } = require("pg") as typeof import("pg");
  const statements: Statement[] = [];
  let isRepeatable = true;
  const note = (statement: Statement) => {
    if (transaction.test(statement.text) || question.test(statement.text)) return;
    if (unrepeatable.test(statement.text)) isRepeatable = false;
    else statements.push(statement);
  };
  const query = Client.prototype.query as (this: unknown, ...given: unknown[]) => unknown;
  Client.prototype.query = function (this: unknown, given: unknown, ...more: unknown[]) {
    const statement = statementOf(given, more[0]);
    if (statement === undefined) {
      isRepeatable = false;
      return query.call(this, given, ...more);
    }
    const text = withSharedExtensions(statement.text.replace(concurrently, "$1"));
    if (text.includes(extensionSchema)) {
      note({ text: createExtensionSchema });
      query.call(this, createExtensionSchema, () => {});
    }
    note({ ...statement, text });
    return query.call(this, typeof given === "string" ? text : { ...(given as object), text }, ...more);
  } as never;
  return (file) => {
    if (isRepeatable) writeFileSync(file, serialize(statements));
  };
}

/**
 * The statement in the arguments of query(). Undefined for a stream or a cursor, whose values the arguments don't
 * contain.
 */
function statementOf(given: unknown, second: unknown): Statement | undefined {
  if (typeof given === "string") return withValues(given, second);
  const { text, values, submit } = given as { text?: unknown; values?: unknown; submit?: unknown };
  if (typeof text !== "string" || submit !== undefined) return undefined;
  return withValues(text, values ?? second);
}

function withValues(text: string, values: unknown): Statement {
  return Array.isArray(values) && values.length > 0 ? { text, values } : { text };
}
