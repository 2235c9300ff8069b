type Check = (value: unknown, path: string) => string[];

/**
 * What is wrong with a manifest by the rules of Kubernetes's API for CronJob (batch/v1: its OpenAPI schema, and the
 * server's checks of names, labels and policies). Covers the fields that laju writes; any other field counts as wrong.
 */
export function cronJobProblems(manifest: unknown): string[] {
  return cronJob(manifest, "");
}

const name = matching(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 52);
const label = matching(/^([A-Za-z0-9][-\w.]*)?[A-Za-z0-9]$/, 63);
const count = where((value) => Number.isSafeInteger(value) && (value as number) >= 0, "a whole number");
const text = where((value) => typeof value === "string", "text");
const schedule = matching(/^[\d*,/-]+( [\d*,/-]+){4}$/, 200);
const timeZone = where((value) => {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: value as string })) && value !== "Local";
  } catch {
    return false;
  }
}, "a time zone");
const key = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-\w.]*[A-Za-z0-9])?$/;

const flag = where((value) => typeof value === "boolean", "true or false");
const volume = matching(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 63);
const container = object({
  name: [matching(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 63)],
  image: [text],
  workingDir: [text],
  command: [list(text)],
  securityContext: [
    object({
      allowPrivilegeEscalation: [flag],
      readOnlyRootFilesystem: [flag],
      capabilities: [object({ drop: [list(text)] })],
    }),
  ],
  volumeMounts: [list(object({ name: [volume], mountPath: [matching(/^\/[^:]*$/, 4096)] }))],
});
const podTemplate = object({
  metadata: [object({ labels: [map(label)] })],
  spec: [
    object({
      restartPolicy: [oneOf("Never", "OnFailure")],
      automountServiceAccountToken: [flag],
      securityContext: [
        object({
          runAsNonRoot: [flag],
          seccompProfile: [object({ type: [oneOf("RuntimeDefault", "Localhost", "Unconfined")] })],
        }),
      ],
      containers: [list(container)],
      volumes: [list(object({ name: [volume], emptyDir: [object({})] }))],
    }),
  ],
});
const job = object({
  backoffLimit: [count],
  activeDeadlineSeconds: [count, "optional"],
  template: [podTemplate],
});
const cronJob = object({
  apiVersion: [oneOf("batch/v1")],
  kind: [oneOf("CronJob")],
  metadata: [object({ name: [name], labels: [map(label)], annotations: [map(text)] })],
  spec: [
    object({
      schedule: [schedule],
      timeZone: [timeZone],
      concurrencyPolicy: [oneOf("Allow", "Forbid", "Replace")],
      startingDeadlineSeconds: [count, "optional"],
      jobTemplate: [object({ spec: [job] })],
    }),
  ],
});

function object(fields: Record<string, [Check, "optional"?]>): Check {
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${path} is no object`];
    const unknown = Object.keys(value).filter((field) => !Object.hasOwn(fields, field));
    const found = Object.entries(fields).flatMap(([field, [check, optional]]) => {
      if (Object.hasOwn(value, field))
        return check((value as Record<string, unknown>)[field], `${path}.${field}`);
      return optional ? [] : [`${path}.${field} is missing`];
    });
    return [...unknown.map((field) => `${path}.${field} is unknown`), ...found];
  };
}

function map(check: Check): Check {
  return (value, path) =>
    Object.entries(value as object).flatMap(([field, item]) => [
      ...(key.test(field) ? [] : [`${path}.${field} is no key`]),
      ...check(item, `${path}.${field}`),
    ]);
}

function list(check: Check): Check {
  return (value, path) =>
    Array.isArray(value) && value.length > 0
      ? value.flatMap((item, index) => check(item, `${path}.${index}`))
      : [`${path} is no list`];
}

function matching(pattern: RegExp, longest: number): Check {
  return where(
    (value) => typeof value === "string" && pattern.test(value) && value.length <= longest,
    String(pattern),
  );
}

function oneOf(...values: string[]): Check {
  return where((value) => values.includes(value as string), values.join(" or "));
}

function where(isGood: (value: unknown) => boolean, what: string): Check {
  return (value, path) => (isGood(value) ? [] : [`${path} is ${JSON.stringify(value)}, not ${what}`]);
}
