import { HEAD, MARKS, TTL } from './parts.js';

// Each mark is a key of its own. A group has two lists of its subjects, one by version, in which the empty subject stands for the
// last version, and one by when they are forgotten.

/** Takes out of both lists who is forgotten, a thousand at most. */
const SWEEP = `
local function sweep(byVersion, byEnd)
  local gone = redis.call('ZRANGEBYSCORE', byEnd, '-inf', now, 'LIMIT', 0, 1000)
  if #gone > 0 then
    redis.call('ZREM', byVersion, unpack(gone))
    redis.call('ZREM', byEnd, unpack(gone))
  end
end
`;

/**
 * Changes a mark. KEYS: the mark, its group by version and by end, then what is counted of the subject. ARGV: the time limit, the
 * subject, held, forUs, keepUs, text, after, counts, clear, and the field in the packed bucket.
 * @internal
 */
export const MARK_SCRIPT =
  HEAD +
  TTL +
  MARKS +
  SWEEP +
  `
local key, byVersion, byEnd = KEYS[1], KEYS[2], KEYS[3]
local subject, held, after = ARGV[2], ARGV[3] == '1', ARGV[7]
local known = markOf(redis.call('GET', key))
local answer = {now, 0, holds(known) and 1 or 0}
if after ~= '' and tonumber(after) ~= (known and known.version or 0) then
  tell(answer, known)
  return answer
end
sweep(byVersion, byEnd)
local aside = held and ARGV[8] == '0'
local last = redis.call('ZSCORE', byVersion, '')
local version = math.max(now, last and last + 1 or 0)
local till, kept = now + ARGV[4], now + ARGV[5]
if aside and known then kept = math.max(kept, known.kept) end
local times = held and (known and known.times or 0) + (aside and 0 or 1) or 0
local state = string.format('%d %.0f %.0f %.0f %.0f ', held and 1 or 0, till, kept, times, version) .. ARGV[6]
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
for i = 2, 3 do
  if redis.call('PTTL', KEYS[i]) < ms then redis.call('PEXPIRE', KEYS[i], ms) end
end
if ARGV[9] == '1' then
  redis.call('DEL', unpack(KEYS, 4, 6))
  if KEYS[7] then redis.call('HDEL', KEYS[7], ARGV[10]) end
end
answer[2] = 1
tell(answer, markOf(state))
return answer
`;

/**
 * What a group's marks have become since a version. KEYS: the group by version and by end, and with what the names of its marks
 * begin. ARGV: the time limit, the version, how many at most.
 * @internal
 */
export const CHANGES_SCRIPT =
  HEAD +
  MARKS +
  SWEEP +
  `
sweep(KEYS[1], KEYS[2])
local most = tonumber(ARGV[3])
local answer, marks, more, from = {now, 0}, 0, false, 0
repeat
  local subjects = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[2], '+inf', 'LIMIT', from, 500)
  from = from + #subjects
  local keys = {}
  for i, subject in ipairs(subjects) do keys[i] = KEYS[3] .. subject end
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
answer[2] = more and 1 or 0
return answer
`;

/** Forgets what is counted. KEYS: all that is, and the packed buckets. ARGV: the time limit, the field in those. @internal */
export const CLEAR_SCRIPT =
  HEAD +
  `
redis.call('DEL', unpack(KEYS, 1, 3))
if KEYS[4] then redis.call('HDEL', KEYS[4], ARGV[2]) end
return {now, 1}
`;
