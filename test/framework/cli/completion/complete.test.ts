import { describe, expect, test } from "vitest";
import { type CompletedNames, complete } from "../../../../framework/cli/completion/complete";
import type { OptionSpecs } from "../../../../framework/metadata/optionSpecs";

const names: CompletedNames = {
  commands: () => [{ word: "SendMail", note: "Send mail" }, { word: "reports/Monthly" }],
  jobTypes: () => [{ word: "SendInvoice" }],
  tags: () => [{ word: "mail" }, { word: "money" }],
  environments: () => [{ word: "production" }],
  timezones: () => [{ word: "Europe/Berlin" }, { word: "Europe/Rome" }],
  optionsOf: (command): OptionSpecs =>
    command === "SendMail" ? { days: { type: "string", description: "Age" } } : {},
};

const verbs = [
  verb("list", "[Name…]", {
    json: { type: "boolean", description: "Print the rows\n as JSON" },
    tag: { type: "string", multiple: true, value: "tag" },
    sort: { type: "string", value: "order", choices: ["name", "next"] },
    out: { type: "string", short: "o", value: "folder" },
    timezone: { type: "string", value: "zone" },
    limit: { type: "string" },
  }),
  verb("show", "<Name>", {}),
  verb("run", "<Name…>", {}),
  verb("crontab:install", "[Name…]", { root: { type: "string", value: "folder" } }),
  verb("queue:retry", "<id…|all>", {}),
  verb("queue:pause", "[type…]", {}),
  verb("completion", "<bash|zsh|fish>", {}),
];

function verb(name: string, usage: string, options: Record<string, object>) {
  return { name, usage, summary: `does ${name}`, options: async () => options as never };
}

async function words(line: string): Promise<string[] | string> {
  const completion = await complete(line.split(" "), verbs, names);
  return Array.isArray(completion) ? completion.map(({ word }) => word) : completion;
}

describe("completion", () => {
  test.each<[string, string[] | string]>([
    ["", ["list", "show", "run", "crontab:install", "queue:retry", "queue:pause", "completion"]],
    ["queue:", ["queue:retry", "queue:pause"]],
    ["-", ["--help", "--version"]],
    ["--verbose li", ["list"]],
    ["nothing ", []],
    ["list --", ["--json", "--tag", "--sort", "--out", "--timezone", "--limit", "--help"]],
    ["list --json --", ["--tag", "--sort", "--out", "--timezone", "--limit", "--help"]],
    ["list --tag mail --t", ["--tag", "--timezone"]],
    ["list --tag m", ["mail", "money"]],
    ["list --tag=mo", ["--tag=money"]],
    ["list --sort ", ["name", "next"]],
    ["list --limit ", []],
    ["list --out ", "folders"],
    ["list -o ", "folders"],
    ["list --timezone Europe/B", ["Europe/Berlin"]],
    ["list --json S", ["SendMail"]],
    ["list SendMail ", ["reports/Monthly"]],
    ["show ", ["SendMail", "reports/Monthly"]],
    ["show SendMail ", []],
    ["run SendMail -- --", ["--days"]],
    ["run SendMail -- x", []],
    ["queue:retry ", ["all"]],
    ["queue:pause ", ["SendInvoice"]],
    ["completion ", ["bash", "zsh", "fish"]],
  ])("of %j", async (line, expected) => {
    expect(await words(line)).toEqual(expected);
  });

  test("gives each word its meaning on one line", async () => {
    expect(await complete(["list", "--js"], verbs, names)).toEqual([
      { word: "--json", note: "Print the rows as JSON" },
    ]);
    expect(await complete(["li"], verbs, names)).toEqual([{ word: "list", note: "does list" }]);
  });
});
