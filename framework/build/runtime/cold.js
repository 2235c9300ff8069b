// The head of a bundle's cold half. It shares the variables of the hot half, and adds its own modules to the hot ones.

// biome-ignore lint/correctness/noUnusedVariables: for framework/config/require.ts.
const lajuRequire = require;
