import { expect, test } from "vitest";
import { verbs } from "../../../commands/native/verbs";
import { verbSuggestions } from "../../../framework/cli/verbSuggestions";

const names = verbs.map(({ name }) => name);

test.each([
  ["mak:command", undefined, "make:command"],
  ["make", "command", "make:command"],
  ["make-command", "SendMail", "make:command"],
  ["MakeCommand", undefined, "make:command"],
  ["command:make", undefined, "make:command"],
  ["queue", "work", "queue:work"],
  ["queue", "wrok", "queue:work"],
  ["LIST", undefined, "list"],
  ["staus", undefined, "status"],
  ["schedule:list", undefined, "list"],
  ["crontab:uninstall", undefined, "crontab:remove"],
  ["init", "shop", "new"],
  ["update", undefined, "upgrade"],
  ["install", undefined, "crontab:install"],
  ["rollback", undefined, "migrate:rollback"],
])("%s %s means %s", (word, next, verb) => {
  expect(verbSuggestions(word, next, names)).toEqual([verb]);
});

test("a word that occurs in several verbs suggests up to four of them", () => {
  expect(verbSuggestions("queue", undefined, names)).toEqual([
    "queue:work",
    "queue:status",
    "queue:list",
    "queue:show",
  ]);
});

test.each(["", "xyzzy", "--", "constructor"])("%j suggests no verb", (word) => {
  expect(verbSuggestions(word, undefined, names)).toEqual([]);
});
