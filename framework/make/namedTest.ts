import { commandNames } from "../catalog/commandSources";
import { jobNames } from "../catalog/jobSources";
import { LajuError } from "../config/errors";
import { pascalName } from "../metadata/pascalName";
import { shellQuote } from "../text/shellQuote";
import { nearest } from "../text/similar";
import { badName } from "./newName";
import { draftCommandTest, draftJobTest, type TestDraft } from "./testDraft";

/** Drafts a test for the command or job with this name, whichever case style the name is in. */
export function draftNamedTest(typed: string): TestDraft {
  const bare = typed
    .replace(/^(\.\/)?(test\/)?(commands|app\/jobs|jobs)\//, "")
    .replace(/(\.test)?(\.ts)?$/, "");
  const isJobPath = /^(\.\/)?(test\/jobs|app\/jobs)\//.test(typed);
  const isCommandPath = /^(\.\/)?(test\/)?commands\//.test(typed);
  const command = isJobPath ? undefined : named(bare, commandNames());
  const job = isCommandPath ? undefined : named(bare, jobNames());
  if (command !== undefined && job !== undefined) throw ambiguous(typed, command, job);
  if (job !== undefined) return draftJobTest(job);
  if (command === undefined) throw unknown(typed, bare);
  return draftCommandTest(command) ?? unreadable(command);
}

function named(bare: string, names: readonly string[]): string | undefined {
  return [bare, pascalName(bare)].find((name) => name !== undefined && names.includes(name));
}

function ambiguous(typed: string, command: string, job: string): LajuError {
  return new LajuError(`${JSON.stringify(typed)} is the name of both a command and a job`, {
    code: "E_NAME",
    exitStatus: 2,
    hint: `Specify which: commands/${command} or app/jobs/${job}.`,
  });
}

function unknown(typed: string, bare: string): LajuError {
  const near = nearest(bare, [...new Set([...commandNames(), ...jobNames()])]);
  if (near.length === 0 && pascalName(bare) === undefined) return badName("test", typed);
  return new LajuError(`there is no command or job ${JSON.stringify(typed)}`, {
    code: "E_NAME",
    exitStatus: 2,
    hint:
      near.length > 0
        ? `Did you mean ${near.join(" or ")}?`
        : `For a test of something else: node laju make:test ${shellQuote(typed)} --plain`,
  });
}

function unreadable(name: string): never {
  throw new LajuError(`commands/${name}.ts is not a command that can be tested`, {
    code: "E_NAME",
    hint: "`node laju list` shows what is wrong with it.",
  });
}
