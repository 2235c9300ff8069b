// This must be loaded before any other module of laju: Node's own test runner doesn't set NODE_ENV, and laju would
// assume development.
process.env.NODE_ENV ||= "test";

export {};
