import { setEnabled } from "../../crontab/install/switchCommand";
import { acknowledgeTroubles } from "../../monitor/acknowledgeTroubles";
import { openIncidents } from "../../runs/ledger/incidents";
import { pause, resume } from "../../runs/supervision/changePauses";
import { newPause } from "../../runs/supervision/newPause";
import { type Html, html } from "../html";
import { type Action, type Done, type Fields, field } from "./action";
import { commandIn, commandPlace, nothingToDo } from "./subjects";

/** An action on a command, which is given by name. */
function commandAction(
  question: (name: string) => { title: string; text: string; button: string; isDanger?: boolean },
  perform: (
    name: string,
    fields: Fields,
  ) => Omit<Done, "subject" | "to"> | Promise<Omit<Done, "subject" | "to">>,
  fields?: Html,
): Action {
  return {
    ask(about) {
      const name = commandIn(about).name;
      return { ...question(name), back: commandPlace(name), ...(fields !== undefined && { fields }) };
    },
    async perform(about, given) {
      const { name } = commandIn(about);
      return { ...(await perform(name, given)), subject: name, to: commandPlace(name) };
    },
  };
}

const reasonField = html`<label>Reason<input name="reason" maxlength="300" placeholder="shown to everyone"></label>`;

export const pauseCommand = commandAction(
  (name) => ({
    title: `Pause ${name}?`,
    text: "Scheduled runs are recorded as skipped, with the reason. A run in progress continues, and Run now still works.",
    button: "Pause it",
  }),
  (name, fields) => {
    const [reason, until] = [field(fields, "reason"), field(fields, "until")];
    const one = newPause({ ...(reason && { reason }), ...(until && { until }) }, Date.now());
    pause([name], one);
    const details = [reason, until && `until ${until}`].filter(Boolean).join(", ");
    return { message: `${name} is paused${until ? ` until ${until}` : ""}.`, details: details || null };
  },
  html`${reasonField}<label>Until<input name="until" placeholder="2h, or 2026-11-24 08:00; empty: until someone resumes it"></label>`,
);

export const resumeCommand = commandAction(
  (name) => ({
    title: `Resume ${name}?`,
    text: "It starts again the next time it is due.",
    button: "Resume it",
  }),
  (name) => {
    const ended = resume([name], Date.now());
    if (ended.length === 0)
      throw nothingToDo(`${name} itself is not paused. node laju resume ends a pause of all commands.`);
    return { message: `${name} is resumed.` };
  },
);

export const enable = commandAction(
  (name) => ({
    title: `Enable ${name}?`,
    text: "This changes schedule.json of this deployment: the command's schedule starts it again.",
    button: "Enable it",
  }),
  (name, fields) => switched(name, true, fields),
  installField(),
);

export const disable = commandAction(
  (name) => ({
    title: `Disable ${name}?`,
    text: "This changes schedule.json of this deployment: the command's schedule no longer starts it. A run in progress continues, and Run now still works.",
    button: "Disable it",
  }),
  (name, fields) => switched(name, false, fields),
  installField(),
);

function installField() {
  return html`<label class="check"><input type="checkbox" name="install" value="yes"> Also update the crontab, like crontab:install</label>`;
}

function switched(name: string, isEnabled: boolean, fields: Fields) {
  const { done, notice } = setEnabled(name, isEnabled, { install: field(fields, "install") === "yes" });
  return { message: [...done.map((line) => `${line}.`), notice ?? ""].join(" ").trim() };
}

/** Accepts any name that has an open incident, because removed commands and job types can have one too. */
export const acknowledge: Action = {
  ask(about) {
    const name = troubledIn(about);
    return {
      title: `Acknowledge what is wrong with ${name}?`,
      text: "The problem then counts as known: it no longer needs attention, and no further notifications are sent until the command has recovered.",
      fields: reasonField,
      button: "Acknowledge it",
      back: commandPlace(name),
    };
  },
  perform(about, fields) {
    const name = troubledIn(about);
    const reason = field(fields, "reason") || null;
    const known = acknowledgeTroubles(name, reason);
    if (known.length === 0) throw nothingToDo(`nothing is wrong with ${name} now`);
    return {
      message: `Acknowledged what is wrong with ${name}.`,
      subject: name,
      details: reason,
      to: commandPlace(name),
    };
  },
};

function troubledIn(about: URLSearchParams): string {
  const name = about.get("command") ?? "";
  return openIncidents().some((incident) => incident.name === name) ? name : commandIn(about).name;
}
