// Each test file's own process is an empty app: the project's .env, data and logs are the user's. What a test starts
// finds its own root, and is no test itself.
process.env.LAJU_ROOT = process.env.LAJU_TEST_ROOT;
await import("../../../framework/config/config");
for (const name of ["LAJU_ROOT", "NODE_ENV", "LAJU_DATA", "LAJU_TEST_DATA", "DB_CONNECTION"])
  delete process.env[name];

export {};
