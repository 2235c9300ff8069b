import { describeError } from "../../cli/describeError";
import { LajuError } from "../../config/errors";
import { latestMigrations } from "../../services/database/migrator";

// Started by migrate(), which passes the database's URL in the environment.
latestMigrations().catch((error) => {
  console.error(error instanceof LajuError ? describeError(error) : error);
  process.exitCode = 1;
});
