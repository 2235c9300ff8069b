import { type JsonMember, type JsonNode, parseJsonTree } from "./jsonTree";

/**
 * Sets `enabled` for one command in the text of schedule.json, and leaves every other byte unchanged. Throws a
 * JsonSyntaxError if the text is not JSON. The caller must have checked that it is an object of objects.
 */
export function withEnabled(text: string, name: string, isEnabled: boolean): string {
  const own = `{ "enabled": ${isEnabled} }`;
  if (text.trim() === "") return `{\n  ${JSON.stringify(name)}: ${own}\n}\n`;
  const root = parseJsonTree(text);
  const command = memberOf(root, name);
  if (command === undefined) return withMember(text, root, `${JSON.stringify(name)}: ${own}`, "\n  ");
  const enabled = memberOf(command.node, "enabled");
  if (enabled === undefined) return withMember(text, command.node, `"enabled": ${isEnabled}`, " ");
  return replaced(text, enabled.node, String(isEnabled));
}

function memberOf({ members = [] }: JsonNode, key: string): JsonMember | undefined {
  return members.find((member) => member.key === key);
}

/** Adds a member at the end of an object. If the member before it is on a line of its own, so is the new one. */
function withMember(text: string, object: JsonNode, member: string, gapWhenEmpty: string): string {
  const last = object.members?.at(-1);
  if (last === undefined) {
    return replaced(text, object, `{${gapWhenEmpty}${member}${gapWhenEmpty[0]}}`);
  }
  const indent = /\r?\n[ \t]*$/.exec(text.slice(object.start, last.start))?.[0] ?? " ";
  return replaced(text, { start: last.node.end, end: last.node.end }, `,${indent}${member}`);
}

function replaced(text: string, { start, end }: { start: number; end: number }, part: string): string {
  return text.slice(0, start) + part + text.slice(end);
}
