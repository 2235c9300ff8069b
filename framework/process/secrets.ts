/** Shorter texts stand in other words as well, which would be hidden with them. */
const shortest = 4;

const secrets = new Set<string>();

/** What this process writes from here on shows *** in place of these values. */
export function hideFromOutput(values: readonly string[]): void {
  for (const value of values) {
    if (value.length < shortest) continue;
    secrets.add(value);
    // As a JSON line of the log has it.
    secrets.add(JSON.stringify(value).slice(1, -1));
  }
}

/** Whether there are any: they are not to be on the command line of what this process starts either. */
export function hasSecrets(): boolean {
  return secrets.size > 0;
}

export function withoutSecrets(text: string): string {
  let shown = text;
  for (const secret of secrets) shown = shown.replaceAll(secret, "***");
  return shown;
}
