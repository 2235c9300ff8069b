/**
 * The schema for extensions that migrations create. A database can contain an extension only once, so the extension
 * must not be in one test's schema, which is dropped after the test.
 */
export const extensionSchema = "laju_test_extensions";

export const createExtensionSchema = `create schema if not exists ${extensionSchema}`;

const creation = /\bcreate\s+extension\s+(?:if\s+not\s+exists\s+)?("[^"]+"|\w+)(?=\s*(?:;|$))/gi;

/**
 * Changes SQL that creates an extension so that the extension is created in the shared schema, unless the SQL names
 * one.
 */
export function withSharedExtensions(sql: string): string {
  return sql.replace(creation, `create extension if not exists $1 schema ${extensionSchema}`);
}
