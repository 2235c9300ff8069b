/** The types that a worker handles, as stored in its row; null if unknown. */
export function typesText(types: readonly string[] | undefined): string | null {
  return types === undefined ? null : JSON.stringify(types);
}

export function typesOf(text: unknown): string[] | null {
  return typeof text === "string" ? JSON.parse(text) : null;
}
