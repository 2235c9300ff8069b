import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { jsonText } from "../../framework/text/jsonText";
import { checkTypes } from "../../framework/views/queue/knownTypes";
import { withQueue } from "../../framework/views/queue/openQueue";

export default verb({
  examples: [["queue:pause SendInvoice", "Pause one type (without a name, every type)"]],
  options: { json: { type: "boolean", description: 'Print what is paused as JSON ("*" means all)' } },
  words: { least: 0, most: Number.POSITIVE_INFINITY },
  details: `Workers start no jobs of these types, or, without types, no jobs at all. Running jobs continue, and jobs can still be
queued. The pause survives restarts; node laju queue:resume ends it.`,
  async run({ args, options }) {
    await withQueue(async (engine) => {
      await checkTypes(args, engine);
      for (const type of args.length === 0 ? ["*"] : args) await engine.pause(type);
      const paused = await engine.paused();
      console.log(options.json ? jsonText(paused, { indent: 0 }) : pausedText(paused));
    });
  },
});

function pausedText(paused: string[]): string {
  const { paint, symbols } = terminalFor(1);
  const names = paused.map((type) => (type === "*" ? "All jobs" : type));
  return names.map((name) => `${paint("yellow", symbols.skipped)} ${name} paused`).join("\n");
}
