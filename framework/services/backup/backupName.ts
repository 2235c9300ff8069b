import type { BackupContent } from "./header";

/** The parts of a backup's file name: `production-20260131T020000.123Z.sqlite3.gz.enc`. */
export interface BackupName {
  database: string;
  takenAt: Date;
  content: BackupContent;
}

const endings = { sqlite: "sqlite3.gz.enc", postgres: "pgdump.gz.enc" } as const;
const pattern = /^(.+)-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d\.\d{3})Z\.(sqlite3|pgdump)\.gz\.enc$/;

export function formatBackupName({ database, takenAt, content }: BackupName): string {
  return `${fileName(database)}-${stampOf(takenAt)}.${endings[content]}`;
}

/** A database's name as used in file names. */
export function fileName(database: string): string {
  return database.replaceAll(/[^\w.-]/g, "_");
}

/** Parses a backup's file name; undefined if it is not one. */
export function parseBackupName(name: string): BackupName | undefined {
  const match = pattern.exec(name);
  if (match === null) return undefined;
  const [, database = "", year, month, day, hour, minute, second, ending] = match;
  const takenAt = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(takenAt.getTime())) return undefined;
  return { database, takenAt, content: ending === "sqlite3" ? "sqlite" : "postgres" };
}

/** A UTC timestamp for file names that sorts chronologically. */
export function stampOf(moment: Date): string {
  return moment.toISOString().replaceAll(/[-:]/g, "");
}
