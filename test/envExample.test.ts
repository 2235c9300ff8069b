import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { afterEach, describe, expect, test, vi } from "vitest";

const project = join(import.meta.dirname, "..");
/** The part of the file with laju's settings. The app's own settings follow it. */
const [example = ""] = readFileSync(join(project, ".env.example"), "utf8").split(
  "# --- The app's own settings",
);
const config = ["config", "findRoot", "loadEnvFile", "testEnvironment"]
  .map((name) => readFileSync(join(project, "framework", "config", `${name}.ts`), "utf8"))
  .join("\n");

/**
 * Variables that config.ts reads, but that don't belong in .env: a terminal, a shell, a crontab line or laju itself
 * sets them.
 */
const setByOthers = ["NO_COLOR", "FORCE_COLOR", "TERM", "LC_ALL", "LC_CTYPE", "LANG", "TZ"].concat([
  "LAJU_ENTRY",
  "LAJU_SLOT",
  "LAJU_ATTEMPT",
  "LAJU_BY_HAND",
  "LAJU_RUN",
  "LAJU_TEST_DATA",
  "NODE_TEST_CONTEXT",
]);

describe(".env.example", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.resetModules();
  });

  test("lists exactly the settings that laju reads", () => {
    const settings = namesReadIn(config).filter((name) => !setByOthers.includes(name));
    expect(Object.keys(examples()).sort()).toEqual(settings.sort());
  });

  test("changes nothing if it is copied to .env unchanged", () => {
    expect(parseEnv(example)).toEqual({});
  });

  test("contains only valid values", async () => {
    for (const [name, value] of Object.entries(examples())) {
      if (name !== "LAJU_ROOT") vi.stubEnv(name, value);
    }
    vi.resetModules();
    const { settings } = await import("../framework/config/config");
    expect(settings()).toMatchObject({ environment: "production", backup: { retentionDays: 30 } });
  });
});

/** The settings and their values, from lines `#NAME=value`. A comment begins with `# ` instead. */
function examples(): Record<string, string> {
  return parseEnv(example.replaceAll(/^#(?=[A-Z])/gm, "")) as Record<string, string>;
}

function namesReadIn(source: string): string[] {
  const read = [...source.matchAll(/(?:read\.\w+\("|process\.env\.|\benvironment\.)([A-Z][A-Z0-9_]*)/g)].map(
    ([, name]) => name,
  );
  const destructured = [...source.matchAll(/const \{([^}]*)\} = process\.env/g)]
    .flatMap(([, names = ""]) => names.split(","))
    .map((name) => (name.split(":")[0] as string).trim())
    .filter((name) => /^[A-Z][A-Z0-9_]*$/.test(name));
  return [...new Set([...read, ...destructured])] as string[];
}
