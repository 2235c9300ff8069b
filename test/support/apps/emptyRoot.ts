// Each test file's own process is an empty app: the project's .env, data and logs are the user's. What a test starts
// finds its own root.
process.env.LAJU_ROOT = process.env.LAJU_TEST_ROOT;
await import("../../../framework/config/config");
delete process.env.LAJU_ROOT;

export {};
