// Before anything else of laju's is loaded: Node's own test runner sets no NODE_ENV, and laju would take a test for
// development.
process.env.NODE_ENV ||= "test";

export {};
