import { basename, relative } from "node:path";
import { expect, test } from "vitest";
import { paths } from "../../../framework/config/config";
import { LajuError } from "../../../framework/config/errors";
import { draftCommand } from "../../../framework/make/commandDraft";
import { draftJob } from "../../../framework/make/jobDraft";
import { draftMigration } from "../../../framework/make/migrationDraft";
import { draftPlainTest } from "../../../framework/make/testDraft";

const long = "a".repeat(100);

/** For each typed name: what make:command and make:job, make:migration, and make:test --plain create. */
test.each<[typed: string, file: string, migration: string, test?: string]>([
  ["prune exports", "PruneExports", "prune_exports"],
  ["  prune\t exports ", "PruneExports", "prune_exports"],
  ["prune-exports.ts", "PruneExports", "prune_exports"],
  ["./pruneExports", "PruneExports", "prune_exports"],
  ["PRUNE_EXPORTS", "PruneExports", "prune_exports"],
  ["pruneCSVExports", "PruneCSVExports", "prune_csv_exports"],
  ["_private_", "Private", "private"],
  ["__proto__", "Proto", "proto"],
  ["class", "Class", "class"],
  ["a1", "A1", "a1"],
  [long, `A${long.slice(1)}`, long],
  ["old/prune", "old/Prune", "refused"],
  ["prune.test.ts", "refused", "refused", "Prune"],
  ["prune.test", "refused", "refused", "Prune"],
  ...[
    ...["", " ", ".", "..", "-", "_", "/", "/prune", "prune/", "old//prune", "../prune", "old/../prune"],
    ...["a.b", ".prune", "prune.", "prune.js", "prune.TS", "prune.ts.ts", "prune.d.ts", "v1.2/prune"],
    ...["1st", "2026/prune", "Zoë", "日本", "old exports/prune", "old\\prune", `a${long}`],
    ...["a;b", "a,b", "a:b", "a+b", "a@b", "a%b", "a#b", "a?b", "a*b", "$a", "`a`", "a'b", 'a"b', "a\0b"],
  ].map((typed): [string, string, string] => [typed, "refused", "refused"]),
])("%j", (typed, file, migration, plain = file) => {
  expect({
    command: draft("commands", () => draftCommand(typed, {})),
    job: draft("app/jobs", () => draftJob(typed)),
    migration: draft("app/migrations", () => draftMigration(typed)).replace(/^\d{14}_/, ""),
    test: draft("test", () => draftPlainTest(typed)),
  }).toEqual({ command: file, job: file, migration, test: plain });
});

test.each([
  ["commands", () => draftCommand("commands/Prune.ts", {}), "Prune"],
  ["app/jobs", () => draftJob("./app/jobs/Prune.ts"), "Prune"],
  [
    "app/migrations",
    () => draftMigration("app/migrations/prune.ts"),
    expect.stringMatching(/^\d{14}_prune$/),
  ],
  ["test", () => draftPlainTest("test/old/prune.test.ts"), "old/Prune"],
  ["commands", () => draftCommand("app/jobs/Prune.ts", {}), "refused"],
  ["commands", () => draftCommand("native/prune", {}), "refused"],
  ["commands", () => draftCommand("index", {}), "refused"],
  ["app/jobs", () => draftJob("commands/Prune.ts"), "refused"],
])("the path of a file in %s may be typed, but not that of another kind (%#)", (folder, make, name) => {
  expect(draft(folder, make)).toEqual(name);
});

/** The name of the drafted file, without folder and extension; "refused" for a usage error. */
function draft(folder: string, make: () => { file: string }): string {
  try {
    const path = relative(paths.root, make().file);
    expect(path.startsWith(`${folder}/`) && basename(path) !== ".ts").toBe(true);
    return path.slice(folder.length + 1).replace(/(\.test)?\.ts$/, "");
  } catch (error) {
    if (error instanceof LajuError && error.code === "E_NAME" && error.exitStatus === 2) return "refused";
    throw error;
  }
}
