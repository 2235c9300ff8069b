// The head of a bundle's cold half. It gets variables of the hot half, and adds its own modules to those of the hot
// half.

// biome-ignore lint/correctness/noUnusedVariables: for framework/config/require.ts.
const lajuRequire = require;
