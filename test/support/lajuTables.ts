import { migrationFolders, migrationSource } from "../../framework/services/database/migrations";

/** The configuration for running only laju's own migrations, because laju's tests must not depend on app/migrations. */
export const lajuTables = { migrationSource: migrationSource([migrationFolders[0]]) };
