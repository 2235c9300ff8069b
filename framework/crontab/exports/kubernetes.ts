import { LajuError } from "../../config/errors";
import { longestRun } from "../../metadata/longestRun";
import type { CommandFacts } from "../../metadata/manifest";
import { schedulesOf } from "../../schedule/expression/schedulesOf";
import { kebabName } from "./exportNames";
import { checkNames, checkPath, type NamedProblem, refuseProblems } from "./exportProblems";
import type { ExportedCommand, ExportedFile, ExportSource } from "./exportTypes";
import { kubernetesSchedule } from "./kubernetesSchedule";
import { type YamlValue, yaml } from "./yaml";

export interface KubernetesOptions {
  readonly image: string;
  /** The path of node in the container image. */
  readonly node: string;
}

/** Kubernetes appends up to eleven characters to a CronJob's name. */
const longestName = 52;

/** A CronJob manifest (batch/v1) for each schedule. Throws if Kubernetes cannot run a command exactly as laju does. */
export function kubernetesManifests(source: ExportSource, options: KubernetesOptions): ExportedFile[] {
  checkImage(options.image);
  const problems: NamedProblem[] = [];
  const jobs = source.commands.map((command) => {
    problems.push(...policyProblems(command.facts));
    return { command, schedules: cronSchedules(command.facts, source.hostTimezone, problems) };
  });
  refuseProblems("Kubernetes", problems);
  const files = jobs.flatMap(({ command, schedules }) =>
    schedules.map((schedule, index) => {
      const name = nameOf(command.facts, index, schedules.length);
      return {
        name,
        command: command.facts.name,
        text: yaml(cronJob(command, { ...options, source, name, schedule })),
      };
    }),
  );
  checkNames(files, { place: "Kubernetes", rule: "Kubernetes names are in lower case" });
  return files.map(({ name, text }) => ({ name: `${name}.yaml`, text }));
}

function cronSchedules(facts: CommandFacts, hostTimezone: string, problems: NamedProblem[]): string[] {
  return schedulesOf(facts).flatMap((schedule) => {
    const { value, problem } = kubernetesSchedule(schedule, facts.timezone ?? hostTimezone);
    if (problem)
      problems.push({
        command: facts.name,
        subject: `schedule ${JSON.stringify(schedule.text)}`,
        ...problem,
      });
    return value === undefined ? [] : [value];
  });
}

/**
 * Forbid and Allow correspond to "skip" and "allow", but only among the runs of one CronJob, which has a single
 * schedule.
 */
function policyProblems({ name, overlap, schedules }: CommandFacts): NamedProblem[] {
  if (overlap === "wait") {
    const reason = "makes starts wait for each other, but Kubernetes drops all but one";
    return [{ command: name, subject: 'overlap "wait"', reason, remedy: 'Set overlap: "skip".' }];
  }
  if (overlap === "allow" || schedules.length < 2) return [];
  const reason = `must hold across ${schedules.length} schedules, but a CronJob has only one`;
  const remedy = 'Combine them into one schedule, or set overlap: "allow".';
  return [{ command: name, subject: 'overlap "skip"', reason, remedy }];
}

function nameOf({ name }: CommandFacts, index: number, count: number): string {
  const suffix = count > 1 ? `-${index + 1}` : "";
  return kebabName(name, longestName - suffix.length) + suffix;
}

interface JobOptions extends KubernetesOptions {
  readonly source: ExportSource;
  readonly name: string;
  readonly schedule: string;
}

function cronJob(
  { facts, row }: ExportedCommand,
  { source, name, schedule, image, node }: JobOptions,
): YamlValue {
  const { place, hostTimezone } = source;
  const seconds = longestRun(facts);
  for (const path of [place.root, place.build]) checkPath(facts.name, path);
  return {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: {
      name,
      labels: { "app.kubernetes.io/managed-by": "laju" },
      annotations: {
        "laju/command": facts.name,
        ...(facts.description && { "laju/description": facts.description }),
      },
    },
    spec: {
      schedule,
      timeZone: facts.timezone ?? hostTimezone,
      concurrencyPolicy: facts.overlap === "allow" ? "Allow" : "Forbid",
      // Without a deadline, a start that Forbid prevented would be made up for as soon as the current run ends.
      startingDeadlineSeconds: 60,
      jobTemplate: {
        spec: {
          // Kubernetes must not retry, because the command does its own retries.
          backoffLimit: 0,
          ...(seconds !== undefined && { activeDeadlineSeconds: Math.ceil(seconds) }),
          template: {
            metadata: { labels: { "app.kubernetes.io/managed-by": "laju" } },
            spec: {
              restartPolicy: "Never",
              // Commands don't call the Kubernetes API, so they need no token.
              automountServiceAccountToken: false,
              securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
              containers: [
                {
                  name: "command",
                  image,
                  workingDir: place.build,
                  command: [node, row.file, ...(row.args ?? [])],
                  securityContext: {
                    allowPrivilegeEscalation: false,
                    readOnlyRootFilesystem: true,
                    capabilities: { drop: ["ALL"] },
                  },
                  volumeMounts: [
                    { name: "data", mountPath: `${place.root}/data` },
                    { name: "tmp", mountPath: "/tmp" },
                  ],
                },
              ],
              // The folders to which commands write. To keep `data`, replace it with a persistent volume.
              volumes: [
                { name: "data", emptyDir: {} },
                { name: "tmp", emptyDir: {} },
              ],
            },
          },
        },
      },
    },
  };
}

function checkImage(image: string): void {
  if (/^[\w][\w./:@-]*$/.test(image)) return;
  throw new LajuError(`${JSON.stringify(image)} is not an image name`, {
    code: "E_USAGE",
    exitStatus: 2,
    hint: "Give a full image reference, such as --image registry.example.com/app:1.4.",
  });
}
