import { readManifest } from "../../app/console/buildManifest";
import { verb } from "../../app/console/verb";

export default verb({
  options: { json: { type: "boolean", description: "Print it as it is in build/commands.json" } },
  run({ options }) {
    const manifest = readManifest();
    if (options.json) return console.log(JSON.stringify(manifest, null, 2));
    for (const { name, form, file, description, schedules, priority, tags } of manifest.commands) {
      console.log(`${name}  (${form}, ${file})`);
      if (description) console.log(`  description  ${description}`);
      if (schedules.length > 0) console.log(`  schedule     ${schedules.join(", ")}`);
      if (priority !== 0) console.log(`  priority     ${priority}`);
      if (tags.length > 0) console.log(`  tags         ${tags.join(", ")}`);
    }
  },
});
