/** What an app consists of beside its own commands, by path from the root: for apps that tests and benchmarks make. */
export const appParts = [
  "app",
  "framework",
  "commands/native",
  "commands/index.ts",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "laju.js",
];
