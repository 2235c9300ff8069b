import { describe, expect, test } from "vitest";
import { isNamed, selectCommands } from "../../../framework/catalog/selection";
import { LajuError } from "../../../framework/config/errors";

const commands = [
  { name: "SyncOrders", tags: ["partner"] },
  { name: "SendDigest", tags: ["mail"] },
  { name: "reports/Daily", tags: ["mail", "board"] },
  { name: "reports/tax/Yearly", tags: [] },
  { name: "sync/Stock", tags: ["partner"] },
];

function chosen(words: string[], tags: string[] = []): string[] {
  return selectCommands(commands, { words, tags }).map(({ name }) => name);
}

describe("selecting commands", () => {
  test.each<[words: string[], tags: string[], names: string[]]>([
    [[], [], ["SyncOrders", "SendDigest", "reports/Daily", "reports/tax/Yearly", "sync/Stock"]],
    [["SendDigest"], [], ["SendDigest"]],
    [["send-digest"], [], ["SendDigest"]],
    [["commands/SendDigest.ts"], [], ["SendDigest"]],
    [["sync/Stock", "SendDigest", "SendDigest"], [], ["SendDigest", "sync/Stock"]],
    [["reports/"], [], ["reports/Daily", "reports/tax/Yearly"]],
    [["Reports"], [], ["reports/Daily", "reports/tax/Yearly"]],
    [["commands/reports/"], [], ["reports/Daily", "reports/tax/Yearly"]],
    [["reports/tax/"], [], ["reports/tax/Yearly"]],
    [["commands/"], [], ["SyncOrders", "SendDigest", "reports/Daily", "reports/tax/Yearly", "sync/Stock"]],
    [["S*"], [], ["SyncOrders", "SendDigest", "sync/Stock"]],
    [["sync-*"], [], ["SyncOrders"]],
    [["*ly"], [], ["reports/Daily", "reports/tax/Yearly"]],
    [["reports/*"], [], ["reports/Daily"]],
    [["reports/**"], [], ["reports/Daily", "reports/tax/Yearly"]],
    [["**/*ly"], [], ["reports/Daily", "reports/tax/Yearly"]],
    [["*"], [], ["SyncOrders", "SendDigest", "reports/Daily", "reports/tax/Yearly", "sync/Stock"]],
    [["{Send,Sync}*"], [], ["SyncOrders", "SendDigest"]],
    [["S[!t]*"], [], ["SyncOrders", "SendDigest"]],
    [["?tock"], [], ["sync/Stock"]],
    [[], ["mail"], ["SendDigest", "reports/Daily"]],
    [[], ["board", "partner"], ["SyncOrders", "reports/Daily", "sync/Stock"]],
    [["reports/"], ["mail"], ["reports/Daily"]],
    [["S*", "reports/"], ["mail"], ["SendDigest", "reports/Daily"]],
  ])("%j with the tags %j", (words, tags, names) => expect(chosen(words, tags)).toEqual(names));

  test.each<[words: string[], tags: string[], message: string, hint: string]>([
    [["SendDigets"], [], 'there is no command "SendDigets"', "Did you mean SendDigest?"],
    [["report"], [], 'there is no command "report"', "Did you mean reports/?"],
    [["partner"], [], 'there is no command "partner"', "It is a tag: --tag partner"],
    [["partnr"], [], 'there is no command "partnr"', "Did you mean --tag partner?"],
    [["report/"], [], "there are no commands in report/", "Did you mean reports/?"],
    [["nowhere/"], [], "there are no commands in nowhere/", "The folders are reports/, reports/tax/, sync/."],
    [["Snyc*"], [], "no command matches Snyc*", "Did you mean SyncOrders?"],
    [["*Ordres"], [], "no command matches *Ordres", "Did you mean SyncOrders?"],
    [["xyzxyz*"], [], "no command matches xyzxyz*", "node laju list shows the commands."],
    [["["], [], "no command matches [", "node laju list shows the commands."],
    [
      ["S[z-a]*"],
      [],
      '"S[z-a]*" is not a pattern',
      "Write a pattern such as 'Sync*', 'reports/*' or '{Sync,Import}*'.",
    ],
    [[], ["mial"], 'no command has the tag "mial"', "Did you mean mail?"],
    [[], ["zzzzzz"], 'no command has the tag "zzzzzz"', "The tags are board, mail, partner."],
    [["sync/"], ["mail"], 'none of sync/ has the tag "mail"', "The tags of these commands: partner."],
    [["reports/tax/"], ["mail"], 'none of reports/tax/ has the tag "mail"', "These commands have no tags."],
  ])("%j with the tags %j is a usage error", (words, tags, message, hint) => {
    const failure = thrownBy(() => chosen(words, tags));
    expect([failure.message, failure.hint, failure.exitStatus]).toEqual([message, hint, 2]);
  });

  test("only a command's own name counts as naming it", () => {
    const words = ["send-digest", "reports/", "S*"];
    expect(commands.filter((command) => isNamed(command, { words })).map(({ name }) => name)).toEqual([
      "SendDigest",
    ]);
  });
});

function thrownBy(work: () => unknown): LajuError {
  try {
    work();
  } catch (error) {
    if (error instanceof LajuError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
