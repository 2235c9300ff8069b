import { join } from "node:path";
import { type Field, fieldsOf } from "../interfaceFields";
import { code, plain, table } from "../markdown";

/** Pages that explain a metadata field in more detail. */
const more: Record<string, string> = {
  schedule: "crontab.md#schedules",
  timezone: "crontab.md#time-zones",
  timeout: "runs.md#time-limits",
  overlap: "runs.md#overlapping-runs",
  oneServer: "runs.md#one-of-several-servers",
  catchUp: "../how-to/run-without-cron.md#missed-starts",
  retries: "runs.md#retries",
  environments: "crontab.md#environments",
  notify: "notices.md",
  ping: "notices.md",
  log: "runs.md#logs",
  options: "#the-declared-form",
};

/** Lists the fields of a command's metadata, with the comments in its type. */
export function metadataFields(project: string): string {
  return fieldTable(fieldsOf(join(project, "framework/metadata/commandMeta.ts"), "CommandMeta"), more);
}

/** Lists the options of a job, from the interfaces that declare them. */
export function jobFields(file: string, names: string[], ...others: [file: string, name: string][]) {
  return (project: string): string => {
    const all = [...names.map((name) => [file, name] as const), ...others];
    return fieldTable(all.flatMap(([path, name]) => fieldsOf(join(project, path), name)));
  };
}

function fieldTable(fields: Field[], links: Record<string, string> = {}): string {
  const rows = fields.map(({ name, type, text }) => {
    const link = links[name] === undefined ? "" : ` [More](${links[name]})`;
    return [code(name), code(shownType(type)), `${plain(text)}${link}`];
  });
  return table(["Field", "Type", "Meaning"], rows);
}

/** Replaces the names of laju's own types with their definitions. */
function shownType(type: string): string {
  return type
    .replaceAll("readonly ", "")
    .replace(/^T$/, "string")
    .replace("OptionSpecs", "{ [name]: { type, … } }")
    .replace("true | OneServer", 'true | { whenUnavailable: "skip" | "fail" }')
    .replace(/^Overlap$/, '"skip" | "wait" | "allow"')
    .replace(/^CatchUp$/, '"none" | "last"')
    .replace(/ \| \(string & \{\}\)/, " | string")
    .replaceAll("NoticeChannel", '"mail" | "webhook" | "address"')
    .replace('"address" | "mail" | "webhook" | "address"[]', '"address" | ("mail" | "webhook" | "address")[]')
    .replace("Knex.Transaction", "a transaction of DB");
}
