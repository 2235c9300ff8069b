import { warnOfOldBuild } from "../../framework/catalog/buildDrift";
import { readManifest } from "../../framework/catalog/buildManifest";
import { verb } from "../../framework/cli/verb";
import { priorityText } from "../../framework/metadata/commandMeta";
import { shownUrl } from "../../framework/services/webAddress";
import { jsonText } from "../../framework/text/jsonText";

export default verb({
  examples: [["inspect --json", "Print the manifest for other programs"]],
  options: {
    json: { type: "boolean", description: "Print build/commands.json, without the ping URLs' paths" },
  },
  run({ options }) {
    const manifest = readManifest();
    warnOfOldBuild(manifest);
    if (options.json) return console.log(jsonText(manifest, { replacer: hidePings }));
    for (const command of manifest.commands) {
      const { name, form, file, description, schedules, tags } = command;
      const priority = priorityText(command);
      console.log(`${name}  (${form}, ${file})`);
      if (description) console.log(`  description  ${description}`);
      if (schedules.length > 0) console.log(`  schedule     ${schedules.join(", ")}`);
      if (priority !== undefined) console.log(`  priority     ${priority}`);
      if (tags.length > 0) console.log(`  tags         ${tags.join(", ")}`);
    }
  },
});

/** Removes the path of a ping URL, because anyone who knows it can report success. */
function hidePings(key: string, value: unknown): unknown {
  return key === "ping" && typeof value === "string" ? shownUrl(value) : value;
}
