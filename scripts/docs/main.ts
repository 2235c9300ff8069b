/*
 * Writes the generated parts of docs/: `npm run docs`. A test fails if they are out of date.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { documents } from "./documents";

const project = join(import.meta.dirname, "..", "..");

for (const { path, text, current } of await documents(project)) {
  if (text === current) continue;
  writeFileSync(join(project, path), text);
  console.log(`Wrote ${path}`);
}
