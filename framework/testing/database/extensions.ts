/**
 * The schema for extensions that migrations create. A database can have each extension only once, so an extension can't
 * be in the schema of a single test.
 */
export const extensionSchema = "laju_test_extensions";

export const createExtensionSchema = `create schema if not exists ${extensionSchema}`;

const creation = /\bcreate\s+extension\s+(?:if\s+not\s+exists\s+)?("[^"]+"|\w+)(?=\s*(?:;|$))/gi;

/** The SQL, changed so that extensions are created in the shared schema, unless it names another schema. */
export function withSharedExtensions(sql: string): string {
  return sql.replace(creation, `create extension if not exists $1 schema ${extensionSchema}`);
}
