// Import this module before any other module of laju. Node's own test runner doesn't set NODE_ENV, so laju would
// otherwise assume development.
process.env.NODE_ENV ||= "test";

export {};
