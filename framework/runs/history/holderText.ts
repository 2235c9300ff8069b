/** How a skipped run says that another server has its scheduled moment. */
export function holderText(host: string, moment: string): string {
  return `run by ${host} for ${moment}`;
}

/** The server that such a sentence names; null in any other sentence. */
export function holderIn(message: string | null): string | null {
  return /^run by (\S+) for \S+$/.exec(message ?? "")?.[1] ?? null;
}
