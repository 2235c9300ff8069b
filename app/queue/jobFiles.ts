import { existsSync, readdirSync } from "node:fs";

/** The names of all handlers in a folder, those in folders of it as well: "SendInvoice", "reports/Monthly". */
export function jobNames(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter(isHandlerFile)
    .map((file) => file.replace(/\.ts$/, ""))
    .sort();
}

/** Tests, declarations and what begins with _ or . hold no handler. */
function isHandlerFile(path: string): boolean {
  if (!path.endsWith(".ts") || /\.(d|test|spec)\.ts$/.test(path)) return false;
  return path.split("/").every((part) => /^[^._]/.test(part) && part !== "node_modules");
}
