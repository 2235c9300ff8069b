import { describeError } from "../../cli/describeError";
import { LajuError } from "../../config/errors";
import { latestMigrations } from "../../services/database/migrator";

// Run by migrate(), which passes the database's URL, and the file to which to write the statements.
const { LAJU_TEST_RECORD: file } = process.env;
try {
  const write = file && (await import("./recordStatements")).recordStatements();
  await latestMigrations();
  if (write) write(file);
} catch (error) {
  console.error(error instanceof LajuError ? describeError(error) : error);
  process.exitCode = 1;
}
