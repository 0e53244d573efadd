// What several operations use. All numbers are whole, at most 2^53 - 1 and, but for what is given back, not negative: for them Lua's
// doubles are exact, and so is its `%`; only what it makes of a large number when it joins texts is not.

/** Quotients of whole numbers, and how long a key is kept: a little longer than it is needed, in whole milliseconds. @internal */
export const NUMBERS = `
local function down(a, b) return (a - a % b) / b end
local function up(a, b) return down(a + b - 1, b) end
local function ttl(us) return math.ceil(us / 1000) + 1000 end
`;

/** Reads a mark, and adds it to an answer. @internal */
export const MARKS = `
local function markOf(text)
  if not text then return nil end
  local held, till, kept, times, version, said = string.match(text, '^(%d) (%d+) (%d+) (%d+) (%d+) (.*)$')
  kept = tonumber(kept)
  if not kept or kept <= now then return nil end
  till = tonumber(till)
  return {
    held = held == '1', left = math.max(0, till - now), kept = kept,
    times = tonumber(times), version = tonumber(version), text = said
  }
end
local function holds(mark) return mark ~= nil and mark.held and mark.left > 0 end
local function tell(answer, mark)
  local n = #answer
  if not mark then answer[n + 1] = 0 return end
  answer[n + 1] = 1
  answer[n + 2] = mark.held and 1 or 0
  answer[n + 3] = mark.left
  answer[n + 4] = mark.times
  answer[n + 5] = mark.version
  answer[n + 6] = mark.text
end
`;
