import { basename } from "node:path";
import { LajuError } from "../../config/errors";
import { databaseLocation } from "../database/databaseLocation";

/** The database to back up, and its name as used in the file names of backups. */
export type BackupTarget =
  | { content: "sqlite"; name: string; file: string }
  | { content: "postgres"; name: string; url: string };

/** The app's own database. Throws if its engine is not supported, because silently making no backup would be worse. */
export function backupTarget(): BackupTarget {
  const place = databaseLocation();
  if (place.engine === "sqlite") {
    return { content: "sqlite", name: basename(place.file).replace(/\.[^.]+$/, ""), file: place.file };
  }
  if (place.engine === "pg") {
    const name = decodeURIComponent(new URL(place.url).pathname.slice(1)) || "postgres";
    return { content: "postgres", name, url: place.url };
  }
  throw new LajuError("laju cannot back up MySQL databases", {
    code: "E_BACKUP_ENGINE",
    hint: "Use mysqldump or your provider's snapshots. laju backs up SQLite and PostgreSQL.",
  });
}
