import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../support/servers/server";

const services = join(import.meta.dirname, "..", "..", "..", "framework", "services");

/** The built-in modules and npm packages that a bundled program loads, and an empty program doesn't. */
async function loadedBy(source: string): Promise<string[]> {
  const list = "process.moduleLoadList.concat(Object.keys(require.cache)).join('\\n')";
  const { outputFiles } = await build({
    stdin: {
      contents: `${source}\nrequire("node:fs").writeSync(1, ${list});`,
      resolveDir: services,
      loader: "ts",
    },
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    packages: "external",
    // Include this package, as every bundle does, because it is small.
    alias: { "fastest-levenshtein": join(services, "../../node_modules/fastest-levenshtein/mod.js") },
    define: { "import.meta.url": "__url", "import.meta.dirname": "__folder" },
    banner: {
      js: `const __folder = ${JSON.stringify(services)}, __url = require("node:url").pathToFileURL(__folder + "/x.js").href;`,
    },
  });
  const folder = temporaryFolder("imports");
  writeFileSync(join(folder, "program.cjs"), outputFiles[0]?.text ?? "");
  const { stdout } = spawnSync(process.execPath, [join(folder, "program.cjs")], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  return stdout.split("\n");
}

test("importing every service and logging loads nothing heavy", async () => {
  const names = ["DB", "SQLite", "Logger", "Mailer", "Redis", "CacheService", "View"];
  const queues = ["Queue", "QueueWorker"];
  const services = [...names, ...queues.map((name) => `../queue/${name}`)]
    .map((name) => `import * as ${basename(name)} from "${name.startsWith(".") ? name : `./${name}`}";`)
    .join("\n");
  // Import the module for handlers too, because code that queues a job imports the job's handler.
  const imports = `${services}\nimport { job } from "../queue/job"; job("X", { run() {} });`;
  const uses = `Logger.logInfo("x", { error: new Error("e"), when: new Date() }); globalThis.keep = [${[...names, ...queues]}];`;
  const empty = new Set(await loadedBy(""));
  const added = (await loadedBy(`${imports}\n${uses}`)).filter((name) => !empty.has(name));
  expect(added.some((name) => name.includes('"level":"info"'))).toBe(true);
  const heavy =
    /\b(tls|https?|http2|net|tty|stream|child_process|worker_threads|zlib|dns|webcrypto|internal\/crypto\/random)$|node_modules/;
  expect(added.filter((name) => heavy.test(name))).toEqual([]);
  expect(added.filter((name) => name.startsWith("NativeModule")).length).toBeLessThan(15);
});
