import { join } from "node:path";
import { paths } from "../config/config";
import { LajuError } from "../config/errors";
import { knownMigrations } from "../services/database/migrations";
import { badName, bareName } from "./newName";
import { filledStub } from "./stub";

/** A generated migration that has not been written yet. */
export interface MigrationDraft {
  file: string;
  text: string;
}

/** Drafts a migration from the stub that matches its name, such as create_users_table or add_email_to_users. */
export function draftMigration(typed: string, now = new Date()): MigrationDraft {
  const name = snakeName(typed);
  const known = knownMigrations();
  const same = known.find((one) => plain(one.replace(/^\d+_/, "")) === plain(name));
  if (same !== undefined) {
    throw new LajuError(`the migration ${same} already exists`, {
      code: "E_EXISTS",
      hint: "Choose another name. To change what a migration has done, add another migration.",
    });
  }
  const file = join(paths.root, "app", "migrations", `${stampAfter(known, now)}_${name}.ts`);
  return { file, text: textOf(name) };
}

/** The name without a final "table", because create_customers means the same as create_customers_table. */
function plain(name: string): string {
  return name.replace(/_table$/, "");
}

/**
 * The name in snake case, so that `create customers table`, `CreateCustomersTable` and create-customers-table.ts are
 * equal.
 */
function snakeName(typed: string): string {
  const name = bareName("migration", typed)
    .replace(/([a-z0-9])(?=[A-Z])|([A-Z])(?=[A-Z][a-z])/g, "$1$2_")
    .replace(/[\s_-]+/g, "_")
    .replace(/^_|_$/g, "")
    .toLowerCase();
  if (/^[a-z][a-z0-9_]*$/.test(name) && name.length <= 100) return name;
  throw badName("migration", typed);
}

/**
 * The timestamp that begins a migration's name. It is in UTC, so that it doesn't depend on a developer's time zone, and
 * later than those of all existing migrations, because migrations run in the order of their names.
 */
function stampAfter(known: readonly string[], now: Date): string {
  const stamp = (time: number) => new Date(time).toISOString().replace(/\D/g, "").slice(0, 14);
  const last =
    known
      .flatMap((name) => /^\d{14}(?=_)/.exec(name)?.[0] ?? [])
      .sort()
      .at(-1) ?? "";
  if (stamp(now.getTime()) > last) return stamp(now.getTime());
  const [, year, month, day, hour, minute, second] = /^(....)(..)(..)(..)(..)(..)$/.exec(last) ?? [];
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? String(BigInt(last) + 1n) : stamp(time + 1000);
}

/** The patterns of names, each with the stub to use. The first one that matches counts. */
const patterns: [RegExp, stub: string][] = [
  [/^create_(?!\w*(index|view|trigger))(?<table>\w+?)(_table)?$/, "migrationCreate.stub"],
  [/^add_(?!\w*(index|foreign|unique)_)(?<column>\w+)_to_(?<table>\w+?)(_table)?$/, "migrationAdd.stub"],
  [/^(remove|drop)_(?<column>\w+)_from_(?<table>\w+?)(_table)?$/, "migrationRemove.stub"],
  [/^rename_(?<column>\w+)_to_(?<to>\w+)_(in|of|on)_(?<table>\w+?)(_table)?$/, "migrationRenameColumn.stub"],
  [/^rename_(?<table>\w+)_to_(?<to>\w+?)(_table)?$/, "migrationRename.stub"],
  [/^drop_(?<table>\w+?)(_table)?$/, "migrationDrop.stub"],
];

function textOf(name: string): string {
  for (const [pattern, stub] of patterns) {
    const found = pattern.exec(name)?.groups;
    if (found !== undefined) return filledStub(stub, { name, ...found, ...columnsOf(found) });
  }
  return filledStub("migration.stub", { name });
}

/** The columns in a name. add_phone_and_email_to_customers contains two. */
function columnsOf({ column, to }: Record<string, string>): { column?: string[] } {
  return column === undefined || to !== undefined ? {} : { column: [...new Set(column.split("_and_"))] };
}
