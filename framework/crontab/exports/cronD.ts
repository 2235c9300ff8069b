import { commentFor } from "../text/block";
import { crontabLine } from "../text/line";
import { appSlug } from "./exportNames";
import { checkUser } from "./exportProblems";
import type { ExportedCommand, ExportedFile, ExportSource } from "./exportTypes";

/** The file for /etc/cron.d: the crontab's lines, each with the user to run as. */
export function cronDFile(source: ExportSource, user: string): ExportedFile {
  checkUser(user);
  const head = [
    `# laju ${source.place.root}`,
    "# Written by `node laju crontab --format cron.d`. Belongs in /etc/cron.d, owned by root, mode 0644.",
  ];
  const lines = source.commands.flatMap((command) => ["", ...commandLines(command, source, user)]);
  // cron ignores files with a dot in their name.
  return { name: `laju-${appSlug(source.place.root)}`, text: `${[...head, ...lines].join("\n")}\n` };
}

function commandLines({ row }: ExportedCommand, { place }: ExportSource, user: string): string[] {
  const lines = row.entries.map((entry) => {
    const command = crontabLine(row, entry, place).slice(entry.fields.length + 1);
    return `${entry.fields} ${user} ${command}`;
  });
  return [commentFor(row), ...lines];
}
