import { MARKS, NUMBERS } from './parts.js';

// Each mark is a key of its own. A group has two lists of its subjects, one by version, in which the empty subject stands for the
// last version, and one by when they are forgotten.

/** Takes out of both lists who is forgotten, at most so many; answers whether there may be more. */
const SWEEP = `
local function sweep(byVersion, byEnd, most)
  local gone = redis.call('ZRANGEBYSCORE', byEnd, '-inf', now, 'LIMIT', 0, most)
  if #gone > 0 then
    redis.call('ZREM', byVersion, unpack(gone))
    redis.call('ZREM', byEnd, unpack(gone))
  end
  return #gone == most
end
`;

/**
 * Changes a mark. Keys: the mark, its group by version and by end, then what is counted of the subject. Arguments: the subject, held, forUs, keepUs, text, after, counts, clear, and the field in the packed bucket.
 * @internal
 */
export const MARK = `${NUMBERS}${MARKS}${SWEEP}
return function(k, a, keys)
local key, byVersion, byEnd = KEYS[k + 1], KEYS[k + 2], KEYS[k + 3]
local subject, held, after = ARGV[a + 1], ARGV[a + 2] == '1', ARGV[a + 6]
local known = markOf(redis.call('GET', key))
local answer = {0, holds(known) and 1 or 0}
if after ~= '' and tonumber(after) ~= (known and known.version or 0) then
  tell(answer, known)
  return answer
end
if ARGV[a + 8] == '1' then
  redis.call('DEL', unpack(KEYS, k + 4, k + 6))
  if keys == 7 then redis.call('HDEL', KEYS[k + 7], ARGV[a + 9]) end
end
sweep(byVersion, byEnd, 1000)
local aside = held and ARGV[a + 7] == '0'
local last = redis.call('ZSCORE', byVersion, '')
local version = math.max(now, last and last + 1 or 0)
local till, kept = now + ARGV[a + 3], now + ARGV[a + 4]
if aside and known then kept = math.max(kept, known.kept) end
local times = held and (known and known.times or 0) + (aside and 0 or 1) or 0
local state = string.format('%d %.0f %.0f %.0f %.0f ', held and 1 or 0, till, kept, times, version) .. ARGV[a + 5]
redis.call('ZADD', byVersion, version, '')
if kept > now then
  redis.call('SET', key, state, 'PX', ttl(kept - now))
  redis.call('ZADD', byVersion, version, subject)
  redis.call('ZADD', byEnd, kept, subject)
else
  redis.call('DEL', key)
  redis.call('ZREM', byVersion, subject)
  redis.call('ZREM', byEnd, subject)
end
local ms = ttl(kept - now) + 86400000
for i = k + 2, k + 3 do
  if redis.call('PTTL', KEYS[i]) < ms then redis.call('PEXPIRE', KEYS[i], ms) end
end
answer[1] = 1
tell(answer, markOf(state))
return answer
end
`;

/**
 * What a group's marks have become since a version, after whether there are more and its last version. Keys: the group by version
 * and by end, and with what the names of its marks begin. Arguments: the version, how many at most. Where many have ended it takes some of them out and has nothing to tell yet: to
 * go through all of them would keep everybody waiting.
 * @internal
 */
export const CHANGES = `${MARKS}${SWEEP}
return function(k, a)
if sweep(KEYS[k + 1], KEYS[k + 2], 3000) then return {1, 0} end
local most = tonumber(ARGV[a + 2])
local last = tonumber(redis.call('ZSCORE', KEYS[k + 1], '') or 0)
local answer, marks, more, from = {0, last}, 0, false, 0
repeat
  local subjects = redis.call('ZRANGEBYSCORE', KEYS[k + 1], '(' .. ARGV[a + 1], '+inf', 'LIMIT', from, 500)
  from = from + #subjects
  local keys = {}
  for i, subject in ipairs(subjects) do keys[i] = KEYS[k + 3] .. subject end
  local found = #keys > 0 and redis.call('MGET', unpack(keys)) or {}
  for i, subject in ipairs(subjects) do
    local mark = subject ~= '' and markOf(found[i])
    if mark and marks == most then more = true break end
    if mark then
      marks = marks + 1
      local n = #answer
      answer[n + 1] = subject
      answer[n + 2] = mark.held and 1 or 0
      answer[n + 3] = mark.left
      answer[n + 4] = mark.times
      answer[n + 5] = mark.version
      answer[n + 6] = mark.text
    end
  end
until more or #subjects < 500
answer[1] = more and 1 or 0
return answer
end
`;

/** Forgets what is counted. Keys: all that is, and the packed buckets. Arguments: the field in those. @internal */
export const CLEAR = `
return function(k, a, keys)
redis.call('DEL', unpack(KEYS, k + 1, k + 3))
if keys == 4 then redis.call('HDEL', KEYS[k + 4], ARGV[a + 1]) end
return {1}
end
`;
