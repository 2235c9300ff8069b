import { migrationFolders, migrationSource } from "../../framework/services/database/migrations";

/** laju's own migrations without the app's: what a user keeps in app/migrations is no business of laju's tests. */
export const lajuTables = { migrationSource: migrationSource([migrationFolders[0]]) };
