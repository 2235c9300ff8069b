// Makes the process of each test file an empty app, because the project's .env, data and logs belong to the developer.
// Programs that a test starts find their own app, and are not in test mode.
process.env.LAJU_ROOT = process.env.LAJU_TEST_ROOT;
await import("../../../framework/config/config");
for (const name of ["LAJU_ROOT", "NODE_ENV", "LAJU_DATA", "LAJU_TEST_DATA", "DB_CONNECTION"])
  delete process.env[name];

export {};
