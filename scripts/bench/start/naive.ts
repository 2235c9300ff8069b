import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transform } from "esbuild";

const here = join(import.meta.dirname, "naive");
const modules = join(import.meta.dirname, "..", "..", "..", "node_modules");

/**
 * Compiles the naive form file by file, as tsc would. commands/X.js loads the services that it needs; all/X.js loads
 * every service. Neither has a lock, a ledger or a timeout.
 */
export async function compileNaive(folder: string): Promise<void> {
  for (const part of ["services", "commands", "all"]) mkdirSync(join(folder, part), { recursive: true });
  symlinkSync(modules, join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), '{ "type": "commonjs" }\n');
  for (const file of readdirSync(join(here, "services"))) {
    writeFileSync(join(folder, "services", compiledName(file)), await compiled("services", file));
  }
  for (const file of readdirSync(join(here, "commands"))) {
    const code = await compiled("commands", file);
    writeFileSync(join(folder, "commands", compiledName(file)), code);
    writeFileSync(join(folder, "all", compiledName(file)), `require("../services/all");\n${code}`);
  }
}

function compiledName(file: string): string {
  return file.replace(/\.ts$/, ".js");
}

async function compiled(part: string, file: string): Promise<string> {
  const source = readFileSync(join(here, part, file), "utf8");
  return (await transform(source, { loader: "ts", format: "cjs", platform: "node", target: "node20.19" }))
    .code;
}
