const longest = 8_000;

/** An error as the ledger keeps it: its stack and the chain of its causes, shortened to 8,000 characters. */
export function errorText(error: unknown): string {
  return chainOf(error).map(textOf).join("\nCaused by: ").slice(0, longest);
}

function chainOf(error: unknown): unknown[] {
  const chain = [error];
  for (let cause = causeOf(error); cause !== undefined && !chain.includes(cause); cause = causeOf(cause)) {
    chain.push(cause);
  }
  return chain;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
