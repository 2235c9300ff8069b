/** Letters and digits that nobody can guess. Loads node:crypto when it is called: most starts write no such file. */
export function randomName(): string {
  return process.getBuiltinModule("node:crypto").randomBytes(6).toString("hex");
}
