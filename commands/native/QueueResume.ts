import { terminalFor } from "../../framework/cli/terminal";
import { verb } from "../../framework/cli/verb";
import { LajuError } from "../../framework/config/errors";
import { checkTypes } from "../../framework/views/queue/knownTypes";
import { withQueue } from "../../framework/views/queue/openQueue";

export default verb({
  examples: [["queue:resume SendInvoice", "Let workers start jobs of this type again"]],
  options: {},
  words: { least: 0, most: Number.POSITIVE_INFINITY },
  details: "Without types, ends every pause. Workers continue immediately.",
  async run({ args }) {
    await withQueue(async (engine) => {
      await checkTypes(args, engine);
      const paused = await engine.paused();
      const ended = args.length === 0 ? paused : paused.filter((type) => args.includes(type));
      for (const type of ended) await engine.resume(type);
      console.log(resumedText(ended));
      if (args.length > 0 && paused.includes("*")) {
        throw new LajuError("all jobs are paused, so these stay paused", {
          code: "E_PAUSED",
          hint: "node laju queue:resume, without types, ends every pause.",
        });
      }
    });
  },
});

function resumedText(ended: string[]): string {
  const { paint, symbols } = terminalFor(1);
  if (ended.length === 0) return "Nothing was paused.";
  const names = ended.map((type) => (type === "*" ? "All jobs" : type));
  return names.map((name) => `${paint("green", symbols.done)} ${name} resumed`).join("\n");
}
