import { readFileSync } from "node:fs";

const known = new Map<string, number | undefined>();

/** The number of a group, which is given by name or number; undefined if /etc/group doesn't contain the name. */
export function groupNumber(name: string): number | undefined {
  if (/^\d{1,10}$/.test(name)) return Number(name);
  if (!known.has(name)) known.set(name, numberIn(groups(), name));
  return known.get(name);
}

function numberIn(text: string, name: string): number | undefined {
  const fields = text.split("\n").map((line) => line.split(":"));
  const number = fields.find(([first]) => first === name)?.[2];
  return number === undefined ? undefined : Number(number);
}

function groups(): string {
  try {
    return readFileSync("/etc/group", "utf8");
  } catch {
    return "";
  }
}
