// The head of a bundle's cold half. It is given what the hot half has, and puts its own modules beside the hot ones.

// biome-ignore lint/correctness/noUnusedVariables: for framework/config/require.ts.
const lajuRequire = require;
