import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname } from "node:path";
import { readBuiltCommands } from "../../catalog/catalog";
import { settings, sharedGroup } from "../../config/config";
import { LajuError } from "../../config/errors";
import { systemTimezone } from "../../config/hostTimezone";
import { hostClock } from "../../host/hostClock";
import { byPriority, commandFacts } from "../../metadata/manifest";
import type { CrontabTarget } from "../install/installer";
import { cronDFile } from "./cronD";
import type { ExportedCommand, ExportedFile, ExportSource } from "./exportTypes";
import { kubernetesManifests } from "./kubernetes";
import { systemdUnits } from "./systemd";

/** The options of `crontab` for other schedulers. */
export const exportOptions = {
  format: {
    type: "string",
    value: "format",
    choices: ["crontab", "cron.d", "systemd", "kubernetes"],
    description: "crontab, cron.d, systemd or kubernetes (default: crontab)",
  },
  user: {
    type: "string",
    value: "user",
    short: "u",
    description: "With cron.d and systemd: the user who runs the commands (default: you)",
  },
  image: {
    type: "string",
    value: "image",
    description: "With kubernetes: the container image with the app",
  },
  harden: {
    type: "boolean",
    description:
      "With systemd: no new privileges, a private /tmp, and write access to the app's folders only",
  },
  out: { type: "string", value: "folder", description: "With --format: write the files to this folder" },
} as const;

export interface ExportChoice {
  format?: string | undefined;
  user?: string | undefined;
  image?: string | undefined;
  harden?: boolean | undefined;
  out?: string | undefined;
  node?: string | undefined;
  json?: boolean | undefined;
  portable?: boolean | undefined;
  cron?: string | undefined;
}

/** An export format: the options it accepts, and how its files are printed as one stream. */
export interface ExportFormat {
  takes: readonly ("user" | "image" | "portable" | "harden" | "cron")[];
  /** The text printed before each file. */
  separator(file: ExportedFile): string;
}

export const exportFormats: Record<string, ExportFormat> = {
  "cron.d": { takes: ["user", "portable", "cron"], separator: () => "" },
  systemd: { takes: ["user", "harden"], separator: ({ name }) => `# file: ${name}\n` },
  kubernetes: { takes: ["image"], separator: () => "---\n" },
};

/**
 * Returns the options after checking them. Exports for systemd and Kubernetes ignore this host's cron and its limits.
 */
export function exportTarget<Options extends ExportChoice>(options: Options): Options {
  checkChoice(options);
  const readsCrontabs = options.format === undefined || ["crontab", "cron.d"].includes(options.format);
  return readsCrontabs ? options : { ...options, cron: "debian" };
}

/** The files for the chosen --format, not written yet; undefined for a crontab. */
export function exportFiles(target: CrontabTarget, options: ExportChoice): ExportedFile[] | undefined {
  if (options.format === "cron.d") checkReadsCronD(target);
  const source: ExportSource = {
    commands:
      options.format === "kubernetes" ? commandsOf(target) : [...commandsOf(target), ...ownOf(target)],
    place: target.place,
    // The cron daemon's time zone doesn't matter to systemd and Kubernetes.
    hostTimezone: options.format === "cron.d" ? hostClock().hostTimezone : systemTimezone(),
  };
  const user = options.user ?? userInfo().username;
  if (options.format === "cron.d") return [cronDFile(source, user)];
  if (options.format === "systemd") {
    const hardenedFor = options.harden ? writtenFolders(target) : undefined;
    return systemdUnits(source, user, { sharesFiles: sharedGroup() !== undefined, hardenedFor });
  }
  if (options.format !== "kubernetes") return undefined;
  return kubernetesManifests(source, { image: options.image ?? "", node: options.node ?? "node" });
}

function writtenFolders({ rows, data }: CrontabTarget): string[] {
  return [data, ...new Set(rows.map(({ log }) => dirname(log))), settings().backup.folder];
}

/** Warnings about the exported files, one sentence each. */
export function exportWarnings(target: CrontabTarget, { format }: ExportChoice): string[] {
  if (format === "cron.d") return missingFolders(target);
  if (format !== "kubernetes") return [];
  return ownOf(target).map(
    ({ facts }) => `${facts.name} is left out, because a pod cannot see another pod's ledger.`,
  );
}

/** The log folders that don't exist. If a log cannot be opened, cron's shell fails before the command starts. */
function missingFolders({ rows }: CrontabTarget): string[] {
  const folders = [...new Set(rows.map(({ log }) => dirname(log)))].filter((folder) => !existsSync(folder));
  return folders.map((folder) => `${folder} does not exist: create it before cron needs it.`);
}

function commandsOf({ rows }: CrontabTarget): ExportedCommand[] {
  const all = readBuiltCommands().sort(byPriority);
  return all.flatMap((facts) => {
    const row = rows.find(({ name }) => name === facts.name);
    return row === undefined ? [] : [{ facts, row }];
  });
}

/** laju's own entries, such as the monitor's. */
function ownOf({ rows }: CrontabTarget): ExportedCommand[] {
  const names = new Set(readBuiltCommands().map(({ name }) => name));
  const own = rows.filter(({ name }) => !names.has(name));
  return own.map((row) => {
    const schedule = row.entries.map(({ fields }) => fields);
    return { facts: commandFacts(row.name, "script", { description: row.description, schedule }), row };
  });
}

function checkChoice({ format = "crontab", ...options }: ExportChoice): void {
  const names = ["crontab", ...Object.keys(exportFormats)];
  if (!names.includes(format)) {
    throw usageError(`there is no format ${JSON.stringify(format)}`, `The formats are ${names.join(", ")}.`);
  }
  const takes: readonly string[] = exportFormats[format]?.takes ?? ["portable", "json", "cron"];
  for (const name of ["user", "image", "portable", "harden", "json", "cron"] as const) {
    if (options[name] === undefined || options[name] === false || takes.includes(name)) continue;
    throw usageError(`--${name} has no effect with --format ${format}`, "Leave one of them out.");
  }
  if (format === "crontab" && options.out !== undefined) {
    throw usageError(
      "--out needs --format",
      "A crontab is written to stdout: node laju crontab > crontab.txt.",
    );
  }
  if (format === "kubernetes" && options.image === undefined) {
    throw usageError(
      "--format kubernetes needs --image",
      "For example --image registry.example.com/app:1.4.",
    );
  }
}

/** Throws if the file is for a cron that doesn't read /etc/cron.d. */
function checkReadsCronD({ place: { cron } }: CrontabTarget): void {
  if (cron === undefined || cron.readsCronD) return;
  const reason =
    cron.name === "unknown"
      ? "laju does not know whether this cron reads /etc/cron.d"
      : `${cron.label} does not read /etc/cron.d`;
  throw new LajuError(reason, {
    code: "E_CRONTAB_CRON",
    exitStatus: 2,
    hint: "Use the user's crontab: node laju crontab:install. For a file on another host, name its cron with --cron.",
  });
}

function usageError(message: string, hint: string): LajuError {
  return new LajuError(message, { code: "E_USAGE", exitStatus: 2, hint });
}
