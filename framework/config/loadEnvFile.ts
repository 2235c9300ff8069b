import { existsSync } from "node:fs";
import { join } from "node:path";
import { readEnvFile } from "./envFile";
import { readText } from "./readText";
import { testEnvironment } from "./testEnvironment";

/** Problems with `.env`, one sentence each. */
export interface LoadedEnvFile {
  unreadable: string[];
  wrongLines: string[];
  /** Why a test must not run with this environment, one sentence each. */
  notForTests: string[];
}

/**
 * Sets the variables of the app's `.env` in this process. Variables that are already set take precedence. In tests,
 * some variables are never set (see testEnvironment).
 */
export function loadEnvFile(root: string): LoadedEnvFile {
  const { values, ...problems } = readValues(join(root, ".env"));
  const test = isTest(values.NODE_ENV) ? testEnvironment(root, values, process.env) : undefined;
  for (const [name, value] of Object.entries(test?.values ?? values)) process.env[name] ??= value;
  return { ...problems, notForTests: test?.problems ?? [] };
}

/**
 * Whether this process is a test. Node's test runner doesn't set NODE_ENV, but its tests must not use development's
 * data.
 */
function isTest(inFile: string | undefined): boolean {
  const { NODE_ENV, NODE_TEST_CONTEXT } = process.env;
  return (NODE_ENV ?? (NODE_TEST_CONTEXT || importsNodeTest() ? "test" : inFile)) === "test";
}

/** Whether this program is a test file that was started directly: `node --import tsx test/x.test.ts`. */
function importsNodeTest(): boolean {
  if (typeof LAJU_BUILT !== "undefined") return false;
  const { moduleLoadList = [] } = process as { moduleLoadList?: readonly string[] };
  return moduleLoadList.includes("NativeModule test");
}

/** The text of `.env`; empty if it doesn't exist. Adds a problem if it can't be read. */
function readValues(file: string) {
  const none: Record<string, string> = {};
  if (!existsSync(file)) return { values: none, unreadable: [], wrongLines: [] };
  try {
    const { values, problems } = readEnvFile(readText(file));
    const wrongLines = problems.map(({ line, message }) => `${file}:${line}  ${message}`);
    return { values, unreadable: [], wrongLines };
  } catch (error) {
    return { values: none, unreadable: [`${file} cannot be read: ${error.message}`], wrongLines: [] };
  }
}
