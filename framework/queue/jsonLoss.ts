/** Why JSON cannot hold this very value, whatever it contains; undefined where it can. */
export function lostReason(value: unknown): string | undefined {
  if (typeof value === "bigint") return "it is a BigInt";
  if (typeof value === "function" || typeof value === "symbol") return `it is a ${typeof value}`;
  if (typeof value === "number") return Number.isFinite(value) ? undefined : `it is ${value}`;
  if (typeof value !== "object" || value === null) return undefined;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "it is an invalid Date" : undefined;
  return isEmptied(value) ? `it is ${kindOf(value)}` : undefined;
}

/** A Map, a Promise, an Error and the like, of which JSON keeps nothing, and bytes. */
function isEmptied(value: object): boolean {
  if (Array.isArray(value) || hasToJson(value)) return false;
  if (ArrayBuffer.isView(value)) return true;
  const isOurs = /^\[object (Object|String|Number|Boolean)\]$/.test(Object.prototype.toString.call(value));
  return !isOurs && Object.keys(value).length === 0;
}

function kindOf(value: object): string {
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  return `${/^[AEIO]/.test(kind) ? "an" : "a"} ${kind}`;
}

/** Such an object says itself what JSON is to hold of it. */
export function hasToJson(value: object): boolean {
  return typeof (value as { toJSON?: unknown }).toJSON === "function";
}
