import { readBuiltCommands } from "../../app/console/catalog";
import { crontabTarget, linkWarning, nothingScheduled, targetOptions } from "../../app/console/crontabTarget";
import { verb } from "../../app/console/verb";
import { crontabBlock } from "../../app/schedule/crontabBlock";
import { crontabLine } from "../../app/schedule/crontabLine";

export default verb({
  options: { ...targetOptions, json: { type: "boolean", description: "Print the entries as JSON" } },
  details:
    "Only the block goes to stdout: node laju crontab > crontab.txt is exact. crontab:install writes it.",
  run({ options }) {
    const { rows, place } = crontabTarget(options);
    const warning = linkWarning(place);
    if (warning !== undefined) console.error(warning);
    if (options.json) {
      const entries = rows.flatMap((row) =>
        row.entries.map((entry) => ({
          name: row.name,
          description: row.description,
          schedule: entry.fields,
          log: row.log,
          line: crontabLine(row, entry, place),
        })),
      );
      console.log(JSON.stringify(entries, null, 2));
    } else if (rows.length === 0) console.error(nothingScheduled(options, readBuiltCommands()));
    else process.stdout.write(crontabBlock(rows, place));
  },
});
