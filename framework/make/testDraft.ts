import { basename, join } from "node:path";
import { paths } from "../config/config";
import { LajuError } from "../config/errors";
import { readText } from "../config/readText";
import { readSource, type SourceFacts } from "../metadata/source/readSource";
import { newName } from "./newName";
import { filledStub } from "./stub";

/** A generated test that has not been written yet. */
export interface TestDraft {
  file: string;
  text: string;
}

/** Drafts a test for a command. Undefined if the source is not a command, as may happen with the app's own stub. */
export function draftCommandTest(
  name: string,
  source = readText(join(paths.commands, `${name}.ts`)),
): TestDraft | undefined {
  const facts = factsOf(name, source);
  if (facts === undefined) return undefined;
  const { start } = facts;
  const file = testFile(`commands/${name}`);
  if (start === "nothing" || start === "made") {
    return { file, text: filledStub("scriptTest.stub", { name, command: JSON.stringify(name) }) };
  }
  const local = localName(name);
  const what = start === "command" || start === "default.run" ? local : `* as ${local}`;
  const line = `import ${what} from "${up(name, 2)}/commands/${name}";\n`;
  const given = endingOptions(facts);
  return { file, text: filledStub("commandTest.stub", { name, import: line, command: local, given }) };
}

/** Drafts a test for a job handler. `data` is example data as source text. */
export function draftJobTest(
  name: string,
  source = readText(join(paths.jobs, `${name}.ts`)),
  data = "{} as never",
): TestDraft {
  const local = basename(name);
  const isDefault = /^export default\b/m.test(source);
  return {
    file: testFile(`jobs/${name}`),
    text: filledStub("jobTest.stub", {
      name,
      data,
      import: `import ${isDefault ? local : `* as ${local}`} from "${up(name, 2)}/app/jobs/${name}";\n`,
      job: local,
    }),
  };
}

/** Drafts an empty test. */
export function draftPlainTest(typed: string): TestDraft {
  const name = newName("test", typed);
  return { file: testFile(name), text: filledStub("test.stub", { name, app: `${up(name, 1)}/app` }) };
}

/** What laju reads from the command's source; undefined if the source is invalid. */
function factsOf(name: string, source: string): SourceFacts | undefined {
  try {
    return readSource(source, `commands/${name}.ts`, name);
  } catch (error) {
    if (error instanceof LajuError) return undefined;
    throw error;
  }
}

/** The option that makes a worker stop after the queued jobs. Without it, the worker's test would never end. */
function endingOptions({ meta }: SourceFacts): string {
  return meta.options?.once?.type === "boolean" ? ", { options: { once: true } }" : "";
}

function testFile(path: string): string {
  return join(paths.root, "test", `${path}.test.ts`);
}

/**
 * The relative path from a test to the app's root. `depth` is how many folders above a test are not part of its name.
 */
function up(name: string, depth: number): string {
  return Array.from({ length: depth + name.split("/").length - 1 }, () => "..").join("/");
}

const taken =
  /^(break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|export|extends|false|finally|for|function|if|import|in|instanceof|new|null|return|super|switch|this|throw|true|try|typeof|var|void|while|with|yield|let|static|await|async|eval|arguments|implements|interface|package|private|protected|public|test|expect|testCommand|run|undefined|globalThis)$/;

/** The name under which a test imports a command: `monthly` for the command "reports/Monthly". */
function localName(name: string): string {
  const last = basename(name).replace(/[^A-Za-z0-9]+(.?)/g, (_, next: string) => next.toUpperCase());
  const word = /^[A-Z]+$/.test(last) ? last.toLowerCase() : last.charAt(0).toLowerCase() + last.slice(1);
  return taken.test(word) || /^\d/.test(word) ? `${word.replace(/^\d+/, "")}Command` : word;
}
