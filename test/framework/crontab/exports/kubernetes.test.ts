import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kebabName } from "../../../../framework/crontab/exports/exportNames";
import { kubernetesManifests } from "../../../../framework/crontab/exports/kubernetes";
import { type YamlValue, yaml } from "../../../../framework/crontab/exports/yaml";
import { cronJobProblems } from "../../../support/crontab/cronJobSchema";
import { cronJobTypeProblems } from "../../../support/crontab/cronJobTypes";
import { exportSource } from "../../../support/crontab/exportSource";

const options = { image: "registry.example.com/app:1.4", node: "node" };
const require = createRequire(import.meta.url);
// pm2's YAML parser.
const { load } = createRequire(require.resolve("pm2"))("js-yaml");

describe("the manifest of a command", () => {
  test("is a CronJob of batch/v1", () => {
    const source = exportSource(
      {
        SendDailyDigest: {
          description: "Digest: yesterday's posts",
          schedule: "0 8 * * 1-5",
          timeout: "10m",
        },
      },
      { hostTimezone: "Europe/Berlin" },
    );
    expect(kubernetesManifests(source, options)).toEqual([
      {
        name: "send-daily-digest.yaml",
        text: `apiVersion: batch/v1
kind: CronJob
metadata:
  name: send-daily-digest
  labels:
    app.kubernetes.io/managed-by: laju
  annotations:
    laju/command: SendDailyDigest
    laju/description: "Digest: yesterday's posts"
spec:
  schedule: "0 8 * * 1-5"
  timeZone: Europe/Berlin
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 60
  jobTemplate:
    spec:
      backoffLimit: 0
      activeDeadlineSeconds: 600
      template:
        metadata:
          labels:
            app.kubernetes.io/managed-by: laju
        spec:
          restartPolicy: Never
          automountServiceAccountToken: false
          securityContext:
            runAsNonRoot: true
            seccompProfile:
              type: RuntimeDefault
          containers:
            - name: command
              image: "registry.example.com/app:1.4"
              workingDir: /srv/app/build
              command:
                - node
                - commands/SendDailyDigest.js
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities:
                  drop:
                    - ALL
              volumeMounts:
                - name: data
                  mountPath: /srv/app/data
                - name: tmp
                  mountPath: /tmp
          volumes:
            - name: data
              emptyDir: {}
            - name: tmp
              emptyDir: {}
`,
      },
    ]);
  });

  test("matches the API's schema in every form", () => {
    const source = exportSource({
      Plain: { schedule: "@daily" },
      Many: { schedule: ["0 8 * * *", "0 20 * * 6"], overlap: "allow", timezone: "Asia/Kolkata" },
      "reports/ALongNameThatGoesOnAndOnBeyondWhatKubernetesTakesForCronJobs": { schedule: "@hourly" },
      Retried: { schedule: "@hourly", timeout: "90s", retries: 1 },
      Odd: { description: "yes: no # %{} 'x' \"y\" é", schedule: "*/5 * * * *" },
    });
    const manifests = kubernetesManifests(source, options).map(({ text }) => load(text));
    expect(manifests.map(cronJobProblems)).toEqual(manifests.map(() => []));
    expect(cronJobTypeProblems(manifests)).toEqual(manifests.map(() => []));
    expect(manifests.map(({ metadata }) => metadata.name)).toEqual([
      "plain",
      "many-1",
      "many-2",
      kebabName("reports/ALongNameThatGoesOnAndOnBeyondWhatKubernetesTakesForCronJobs", 52),
      "retried",
      "odd",
    ]);
    expect(manifests[1].spec).toMatchObject({ concurrencyPolicy: "Allow", timeZone: "Asia/Kolkata" });
    expect(manifests[5].metadata.annotations["laju/description"]).toBe("yes: no # %{} 'x' \"y\" é");
  });
});

/** A path in a manifest, the wrong value to put there (undefined removes the field), and the expected complaint. */
const mistakes: [path: string, value: unknown, complaint: RegExp][] = [
  ["kind", "Job", /'"Job"' is not assignable/],
  ["apiVersion", "batch/v1beta1", /is not assignable/],
  ["schedule", "0 8 * * *", /'"schedule"' does not exist/],
  ["metadata.label", {}, /'"label"' does not exist/],
  ["metadata.labels.app", 1, /is not assignable/],
  ["spec.timezone", "UTC", /'"timezone"' does not exist/],
  ["spec.schedule", undefined, /Property 'schedule' is missing/],
  ["spec.jobTemplate", undefined, /Property 'jobTemplate' is missing/],
  ["spec.concurrencyPolicy", true, /is not assignable/],
  ["spec.jobTemplate.spec.timeout", 600, /'"timeout"' does not exist/],
  ["spec.jobTemplate.spec.backoffLimit", "0", /is not assignable/],
  ["spec.jobTemplate.spec.template", undefined, /Property 'template' is missing/],
  ["spec.jobTemplate.spec.template.spec.restart", "Never", /'"restart"' does not exist/],
  ["spec.jobTemplate.spec.template.spec.containers", undefined, /Property 'containers' is missing/],
  ["spec.jobTemplate.spec.template.spec.containers.0.cwd", "/", /'"cwd"' does not exist/],
  ["spec.jobTemplate.spec.template.spec.containers.0.command", "node", /is not assignable/],
  ["spec.jobTemplate.spec.template.spec.containers.0.name", undefined, /Property 'name' is missing/],
];

test("a mistake at any depth of a manifest is noticed", () => {
  const [{ text }] = kubernetesManifests(exportSource({ Plain: { schedule: "@daily" } }), options);
  const wrong = mistakes.map(([path, value]) => withField(load(text), path, value));
  const expected = mistakes.map(([, , complaint]) => [expect.stringMatching(complaint)]);
  expect(cronJobTypeProblems(wrong)).toEqual(expected);
});

interface Tree {
  [key: string]: unknown;
}

function withField(manifest: Tree, path: string, value: unknown): Tree {
  const keys = path.split(".");
  const parent = keys.slice(0, -1).reduce((inner, key) => inner[key] as Tree, manifest);
  parent[keys[keys.length - 1]] = value;
  return manifest;
}

test("what Kubernetes cannot do is an error that names every such command", () => {
  const source = exportSource({
    Fine: { schedule: "@daily" },
    Rate: { schedule: "rate(45 minutes)" },
    Waits: { schedule: "@daily", overlap: "wait" },
    Twice: { schedule: ["@daily", "@hourly"] },
  });
  expect(() => kubernetesManifests(source, options)).toThrow(
    expect.objectContaining({
      exitStatus: 2,
      message: `Kubernetes does not support what Rate and 2 more needs
  Rate: schedule "rate(45 minutes)" cannot be written as five fields
    Choose an interval that divides an hour or a day evenly.
  Waits: overlap "wait" makes starts wait for each other, but Kubernetes drops all but one
    Set overlap: "skip".
  Twice: overlap "skip" must hold across 2 schedules, but a CronJob has only one
    Combine them into one schedule, or set overlap: "allow".`,
    }),
  );
});

test("two commands with the same Kubernetes name are refused", () => {
  const source = exportSource({ SendMail: { schedule: "@daily" }, "send/Mail": { schedule: "@daily" } });
  expect(() => kubernetesManifests(source, options)).toThrow(
    "SendMail and send/Mail would both be called send-mail in Kubernetes",
  );
});

test.each(["", "a b", "app:1\nkind: Pod", "-x"])("%j is not an image", (image) => {
  expect(() => kubernetesManifests(exportSource({}), { image, node: "node" })).toThrow(
    "is not an image name",
  );
});

test.each([
  ["SendDailyDigest", "send-daily-digest"],
  ["HTTPCheck2Go", "http-check2-go"],
  ["reports/Monthly", "reports-monthly"],
])("%s is %s in lower case", (name, kebab) => expect(kebabName(name, 52)).toBe(kebab));

test("YAML parses back to the original values", () => {
  const leaf = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom(..."yesno: #-'\"\\{}[]*&!|>%@`1.~\n\té") }),
    fc.constantFrom(
      "yes",
      "NO",
      "null",
      "~",
      "1",
      "1.5",
      "0x1",
      "2026-11-23",
      "on",
      "-",
      "a: b",
      "=",
      "<<",
      "",
    ),
    fc.integer(),
    fc.boolean(),
  );
  const { tree } = fc.letrec<{ tree: YamlValue }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(fc.oneof(fc.stringMatching(/^[a-z./:-]{1,8}$/), fc.constant("yes")), tie("tree"), {
        maxKeys: 3,
        noNullPrototype: true,
      }),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      expect(load(yaml(value))).toEqual(value);
    }),
    { seed: 3 },
  );
});
