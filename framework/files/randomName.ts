/** An unguessable name of letters and digits. Loads node:crypto on demand, because most starts don't need it. */
export function randomName(): string {
  return process.getBuiltinModule("node:crypto").randomBytes(6).toString("hex");
}
