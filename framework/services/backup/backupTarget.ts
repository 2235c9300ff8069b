import { basename } from "node:path";
import { LajuError } from "../../config/errors";
import { databasePlace } from "../database/databasePlace";

/** The database that is backed up, and the name its backups carry. */
export type BackupTarget =
  | { content: "sqlite"; name: string; file: string }
  | { content: "postgres"; name: string; url: string };

/** The app's own database. One that has no backup here is an error, never a silent nothing. */
export function backupTarget(): BackupTarget {
  const place = databasePlace();
  if (place.engine === "sqlite") {
    return { content: "sqlite", name: basename(place.file).replace(/\.[^.]+$/, ""), file: place.file };
  }
  if (place.engine === "pg") {
    const name = decodeURIComponent(new URL(place.url).pathname.slice(1)) || "postgres";
    return { content: "postgres", name, url: place.url };
  }
  throw new LajuError("laju makes no backups of MySQL databases", {
    code: "E_BACKUP_ENGINE",
    hint: "Use mysqldump or your provider's snapshots; SQLite and PostgreSQL are backed up here.",
  });
}
