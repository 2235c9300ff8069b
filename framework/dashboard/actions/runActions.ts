import { closeSync, existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { logFileOf } from "../../catalog/logFile";
import { parseArguments } from "../../cli/arguments";
import { hasSensitive, hideSensitive } from "../../cli/sensitiveArguments";
import { paths } from "../../config/config";
import { LajuError } from "../../config/errors";
import { openLog } from "../../files/openFile";
import type { OptionSpec } from "../../metadata/optionSpecs";
import type { DeployedCommand } from "../../metadata/overrides";
import { findRunByIdOrKey } from "../../runs/history/findRuns";
import { newRunKey } from "../../runs/ledger/record";
import { spawnByHand } from "../../scheduler/spawnDetached";
import { type Html, html } from "../html";
import { type Action, type Done, type Fields, field } from "./action";
import { commandIn, commandPlace, runIn } from "./subjects";

/** How long to wait for a started run to be recorded, in milliseconds. */
const patienceMs = 3_000;

export const run: Action = {
  ask(about, _view, given) {
    const command = commandIn(about);
    return {
      title: `Run ${command.name} now?`,
      text: "It runs on this host as the crontab would start it: with its lock, its time limit and its log.",
      fields: optionFields(command, given),
      button: "Run it",
      back: commandPlace(command.name),
    };
  },
  perform(about, fields) {
    const command = commandIn(about);
    return start(command, wordsOf(command, fields));
  },
};

export const again: Action = {
  ask(about) {
    const { name, args, id } = runIn(about);
    const text = args.length === 0 ? "It had no arguments." : `Its arguments were: ${args.join(" ")}`;
    return { title: `Run ${name} again, as run ${id}?`, text, button: "Run it", back: `runs/${id}` };
  },
  perform(about) {
    const { name, args } = runIn(about);
    if (args.some((word) => word.includes("***"))) {
      throw new LajuError("one of the run's options is secret, and secret values are not stored", {
        code: "E_SECRET",
        hint: 'Use "Run now" on the command\'s page, which has a field for it.',
      });
    }
    return start(commandIn(new URLSearchParams({ command: name })), args);
  },
};

/** Checks the arguments as the command line does, before it starts anything. */
async function start(command: DeployedCommand, words: string[]): Promise<Done> {
  const { name, options, form } = command;
  if (form === "declared") parseArguments(words, options);
  if (!existsSync(join(paths.build, "commands", `${name}.js`))) {
    throw new LajuError(`build/commands/${name}.js does not exist`, {
      code: "E_NOT_BUILT",
      hint: "Run npm run build.",
    });
  }
  const key = newRunKey(Date.now());
  const log = openLog(logFileOf(command));
  try {
    const byHand = { words, key, hidesArguments: words.length > 0 && hasSensitive(options) };
    const child = spawnByHand(name, byHand, ["ignore", log, log]);
    child.on("error", () => {}); // Ignore this error: the run is then not recorded, so the message gives no run number.
    child.unref();
  } finally {
    closeSync(log);
  }
  const shown = hideSensitive(words, options).shown.join(" ");
  const id = await recordedAs(key);
  return {
    message: id === undefined ? `${name} was started.` : `${name} was started as run ${id}.`,
    subject: name,
    details: shown === "" ? null : shown,
    runKey: key,
    to: id === undefined ? commandPlace(name) : `runs/${id}`,
  };
}

async function recordedAs(key: string): Promise<number | undefined> {
  const giveUpAt = Date.now() + patienceMs;
  for (let found = findRunByIdOrKey(key); ; found = findRunByIdOrKey(key)) {
    if (found !== undefined || Date.now() > giveUpAt) return found?.id;
    await setTimeout(50);
  }
}

/** One field per option that the command declares, and one for any other arguments. */
function optionFields({ options }: DeployedCommand, given: Fields): Html {
  return html`${Object.entries(options).map(([name, spec]) => optionField(name, spec, given))}
<label>Further arguments, one per line<textarea name="more" rows="2">${field(given, "more")}</textarea></label>`;
}

function optionField(name: string, spec: OptionSpec, given: Fields): Html {
  const key = `option.${name}`;
  const value = field(given, key);
  const more = html`<span class="dim small">${spec.description ?? ""}</span>`;
  if (spec.type === "boolean") {
    const choices = ["", "yes", "no"].map(
      (one) =>
        html`<option value="${one}"${one === value ? html` selected` : ""}>${one === "" ? `default${spec.default === undefined ? "" : ` (${spec.default ? "yes" : "no"})`}` : one}</option>`,
    );
    return html`<label>--${name}<select name="${key}">${choices}</select>${more}</label>`;
  }
  if (spec.sensitive) {
    return html`<label>--${name}<input type="password" name="${key}" autocomplete="off">${more}</label>`;
  }
  const usual = spec.default === undefined ? "" : [spec.default].flat().join(", ");
  if (spec.multiple) {
    return html`<label>--${name}, one per line<textarea name="${key}" rows="2" placeholder="${usual}">${value}</textarea>${more}</label>`;
  }
  return html`<label>--${name}<input name="${key}" value="${value}" placeholder="${usual}">${more}</label>`;
}

/** The command-line arguments that correspond to the form. */
export function wordsOf({ options }: Pick<DeployedCommand, "options">, fields: Fields): string[] {
  const words = Object.entries(options).flatMap(([name, spec]) => {
    const value = field(fields, `option.${name}`);
    if (value === "") return [];
    if (spec.type === "boolean") return [value === "no" ? `--no-${name}` : `--${name}`];
    return (spec.multiple ? linesOf(value) : [value]).map((one) => `--${name}=${one}`);
  });
  const more = linesOf(field(fields, "more"));
  return more.length === 0 ? words : [...words, ...more];
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== "");
}
