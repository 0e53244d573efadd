import { MARKS, NUMBERS } from './parts.js';

/**
 * Counts a visit. Keys: the window, the mark. Arguments: windowUs, limit. A window is its length, its start, its last
 * part, and the visits of twelve parts; those of part `p` are at `p` modulo 12. When the clock is set back by less than a
 * window, time stands still for it until the clock is there again.
 * @internal
 */
export const COUNT = `${NUMBERS}${MARKS}
return function(k, a)
local window, limit = tonumber(ARGV[a + 1]), tonumber(ARGV[a + 2])
local found = redis.call('MGET', KEYS[k + 1], KEYS[k + 2])
local mark = markOf(found[2])
local start, part, at = now, 0, now
local visits = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
if found[1] then
  local state = {cmsgpack.unpack(found[1])}
  local length, began, last = state[1], state[2], state[3]
  if length == window then
    local seen = began + up(last * window, 12)
    if at < seen and seen - at <= window then at = seen end
    if at >= began then
      local elapsed = at - began
      local current = down(elapsed, window) * 12 + down(elapsed % window * 12, window)
      if current - last < 12 then
        start, part = began, current
        for i = 1, 12 do visits[i] = state[3 + i] end
        for of = last + 1, current do visits[of % 12 + 1] = 0 end
      end
    end
  end
end
local function ends(of) return start + up((of + 12) * window, 12) - at end
local total = 0
for i = 1, 12 do total = total + visits[i] end
local held = holds(mark)
local allowed = not held and total < limit
local wait, reset = 0, 0
if allowed then
  total = total + 1
  visits[part % 12 + 1] = visits[part % 12 + 1] + 1
  reset = ends(part)
  redis.call('SET', KEYS[k + 1], cmsgpack.pack(window, start, part, unpack(visits)), 'PX', ttl(reset))
else
  local left = total
  for of = part - 11, part do
    local of12 = visits[(of + 12) % 12 + 1]
    if of12 > 0 then
      reset = ends(of)
      if left >= limit then wait = reset end
      left = left - of12
    end
  end
  if held then wait = math.max(wait, mark.left) end
end
local answer = {allowed and 1 or 0, total, wait, reset}
tell(answer, mark)
return answer
end
`;
