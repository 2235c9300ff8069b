import { migrationFolders, migrationSource } from "../../framework/services/database/migrations";

/** Only laju's own migrations: laju's tests must not depend on the user's app/migrations. */
export const lajuTables = { migrationSource: migrationSource([migrationFolders[0]]) };
