import { isTesting, paths } from "../../config/config";

const used = new Set<string>();

/** Remembers a database that this process opens in a test: an SQLite file, or a server's database. */
export function rememberDatabase(place: string | { url: string; address: string }): void {
  if (isTesting) used.add(typeof place === "string" ? fileText(place) : serverText(place));
}

/** With NODE_ENV=test, says which databases this process has used, because they are not the ones in .env. */
export function testDatabaseNote(): string | undefined {
  return used.size === 0 ? undefined : `NODE_ENV is test: this used ${[...used].sort().join(" and ")}`;
}

function fileText(file: string): string {
  return file.startsWith(`${paths.data}/`) ? `the temporary database ${file}` : `the database ${file}`;
}

function serverText({ url, address }: { url: string; address: string }): string {
  return `the database ${decodeURIComponent(new URL(url).pathname.slice(1))} at ${address}`;
}
