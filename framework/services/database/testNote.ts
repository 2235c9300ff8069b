import { isTesting, paths } from "../../config/config";
import { databaseLocation } from "./databaseLocation";

/** With NODE_ENV=test, which database a verb has used, because it is not the one in .env. */
export function testDatabaseNote(): string | undefined {
  if (!isTesting) return undefined;
  const place = databaseLocation();
  if (place.engine !== "sqlite")
    return `NODE_ENV is test: this is TEST_DATABASE_URL's database at ${place.address}`;
  const isTemporary = place.file.startsWith(`${paths.data}/`);
  return isTemporary
    ? `NODE_ENV is test: this was a temporary database, ${place.file}, which is deleted now`
    : `NODE_ENV is test: this is the test database ${place.file}`;
}
