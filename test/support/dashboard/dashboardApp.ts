import { makeApp, type TestApp } from "../apps/app";

const command = (meta: string, run: string) => `import { setTimeout } from "node:timers/promises";
import { command } from "../app/console/command";
export default command({ ${meta}, async run({ log, options, signal }) { ${run}; void [log, options, signal, setTimeout]; } });
`;

/** Text with which a command or its log could try to attack the page that shows it. */
export const hostile = `<script>window.owned = 1</script><img src=x onerror="window.owned = 1">"'`;

/** A built app with commands of all kinds. Most of them have a recorded run. */
export async function makeDashboardApp(): Promise<TestApp> {
  const app = makeApp({
    "commands/Good.ts": command(
      'schedule: "*/5 * * * *", description: "Goes well", tags: ["care"]',
      "log.info('fine')",
    ),
    "commands/Bad.ts": command(
      `schedule: "0 8 * * *", description: ${JSON.stringify(hostile)}`,
      `console.log("\\u001b[31m" + ${JSON.stringify(hostile)} + "\\u001b[0m \\u202e"); throw new Error(${JSON.stringify(hostile)})`,
    ),
    "commands/Slow.ts": command(
      'schedule: "0 1 * * *"',
      "for (let i = 1; !signal.aborted && i < 600; i++) { console.log('line ' + i); await setTimeout(50); }",
    ),
    "commands/reports/Monthly.ts": command('schedule: "0 6 1 * *", enabled: false', "").replace(
      "../app",
      "../../app",
    ),
    "commands/Elsewhere.ts": command('schedule: "0 6 1 * *", environments: ["staging"]', ""),
    "commands/Options.ts": command(
      `options: { since: { type: "string", default: "1d", description: "From when on" }, dry: { type: "boolean" },
        key: { type: "string", sensitive: true } }`,
      "log.info('given', { since: options.since, dry: options.dry ?? null, key: (options.key ?? '').length })",
    ),
    ".env": "NODE_ENV=production\nNOTIFY_WEBHOOK_URL=http://127.0.0.1:9/secret-hook\n",
  });
  await app.laju("build");
  await app.laju("run", "Good");
  await app.run(["-c", "mkdir -p ../logs; node commands/Bad.js >> ../logs/Bad.log 2>&1"], {
    program: "/bin/sh",
    cwd: `${app.root}/build`,
  });
  return app;
}
