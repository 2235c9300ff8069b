/**
 * ARGV: prefix, start time, length of a step, number of steps. Returns type, state, step and how many jobs
 * ended in it, for every step that has any.
 */
export const outcomesLua = (): string => `
local from, step, count = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local found = {}
local function ended(set, from, to)
  return call("ZCOUNT", set, text(from), "(" .. text(to))
end
for _, type in ipairs(call("SMEMBERS", root .. "types")) do
  for _, state in ipairs({"completed", "failed"}) do
    local set = queueOf(type)[state]
    local left = ended(set, from, from + step * count)
    for at = count - 1, 0, -1 do
      if left == 0 then break end
      local some = ended(set, from + step * at, from + step * (at + 1))
      if some > 0 then found[#found + 1] = {type, state, at, some} end
      left = left - some
    end
  end
end
return found
`;

/** Returns type, id, state, score (none) and hash of the oldest ready job of each type and priority. */
export const oldestReadyLua = (): string => `
local found = {}
for _, type in ipairs(call("SMEMBERS", root .. "types")) do
  local queue = queueOf(type)
  local function take(id)
    if id then found[#found + 1] = {type, id, "pending", false, call("HGETALL", queue.prefix .. id)} end
  end
  take(call("LINDEX", queue.wait, -1))
  take(call("LINDEX", queue.paused, -1))
  local first = call("ZRANGE", queue.prioritized, 0, 0, "WITHSCORES")
  for _ = 1, 100 do
    if not first[1] then break end
    take(first[1])
    local after = (math.floor(tonumber(first[2]) / 0x100000000) + 1) * 0x100000000
    first = call("ZRANGEBYSCORE", queue.prioritized, text(after), "+inf", "WITHSCORES", "LIMIT", 0, 1)
  end
end
return found
`;
