import { migrationFolders, migrationSource } from "../../framework/services/database/migrations";

/** Runs only laju's own migrations, because laju's tests must not depend on the user's app/migrations. */
export const lajuTables = { migrationSource: migrationSource([migrationFolders[0]]) };
