// The first lines of a bundle's cold half. The hot half passes variables to it, among them `lajuModules`, to which the
// cold half adds its own modules.

// biome-ignore lint/correctness/noUnusedVariables: for framework/config/require.ts.
const lajuRequire = require;
