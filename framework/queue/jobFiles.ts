import { existsSync, readdirSync } from "node:fs";

/** The names of all handlers in a folder and its subfolders: "SendInvoice", "reports/Monthly". */
export function jobNames(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter(isHandlerFile)
    .map((file) => file.replace(/\.ts$/, ""))
    .sort();
}

/** JavaScript and similar files in the folder without a TypeScript source next to them. They are never loaded. */
export function otherCodeFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => /\.([cm]?js|[cm]ts|[jt]sx)$/.test(file) && isHandlerFile(file.replace(/\.\w+$/, ".ts")))
    .filter((file) => !files.includes(file.replace(/\.\w+$/, ".ts")))
    .sort();
}

/** Tests, declarations, and names that begin with _ or . are not handlers. */
function isHandlerFile(path: string): boolean {
  if (!path.endsWith(".ts") || /\.(d|test|spec)\.ts$/.test(path)) return false;
  return path.split("/").every((part) => /^[^._]/.test(part) && part !== "node_modules");
}
