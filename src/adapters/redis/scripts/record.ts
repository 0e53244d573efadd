import { MARKS, NUMBERS } from './parts.js';

/**
 * Remembers an event. Keys: the events, the mark. Arguments: windowUs, limit, weight, tag, halfLifeUs. The events are
 * a list: first the score, when it was that, how many events count and how many of each sort; then the events, the oldest first.
 * @internal
 */
export const RECORD = `${NUMBERS}${MARKS}
return function(k, a)
local window, limit, weight = tonumber(ARGV[a + 1]), tonumber(ARGV[a + 2]), tonumber(ARGV[a + 3])
local tag, half = ARGV[a + 4], tonumber(ARGV[a + 5])
local key = KEYS[k + 1]
local score, since, count, tags = 0, now, 0, {}
local chunk = redis.call('LRANGE', key, 0, 63)
local known = #chunk > 0
if known then score, since, count, tags = unpack(cmsgpack.unpack(chunk[1])) end
score = score * 2 ^ (math.min(0, since - now) / half)
if score < 2 ^ -10 then score = 0 end
score = score + weight
local adds = math.min(weight, limit)
local dropped, shortened, next, done = 0, nil, 2, false
while known and not done and #chunk > 0 do
  for i = next, #chunk do
    local us, of, sort = cmsgpack.unpack(chunk[i])
    local over = now - us > window and of or math.min(of, count - limit + adds)
    if over <= 0 then done = true break end
    count = count - over
    tags[sort] = tags[sort] - over
    if tags[sort] == 0 then tags[sort] = nil end
    if over < of then shortened, done = {us, of - over, sort}, true break end
    dropped = dropped + 1
  end
  if not done then
    next = 1
    chunk = redis.call('LRANGE', key, dropped + 1, dropped + 64)
  end
end
if adds > 0 then
  count = count + adds
  tags[tag] = (tags[tag] or 0) + adds
end
if weight > 0 then
  if known then redis.call('LTRIM', key, dropped + (shortened and 2 or 1), -1) end
  if shortened then redis.call('LPUSH', key, cmsgpack.pack(unpack(shortened))) end
  redis.call('RPUSH', key, cmsgpack.pack(now, adds, tag))
  redis.call('LPUSH', key, cmsgpack.pack({score, now, count, tags}))
  local halvings = score <= 2 ^ -10 and 0 or math.ceil(math.log(score * 2 ^ 10) / math.log(2)) + 1
  redis.call('PEXPIRE', key, ttl(math.max(window + 1, halvings * half)))
end
-- As text: not every client reads numbers near 2^53 as they are.
local answer = {string.format('%.0f', count), string.format('%.17g', score)}
tell(answer, markOf(redis.call('GET', KEYS[k + 2])))
for sort, of in pairs(tags) do
  answer[#answer + 1] = sort
  answer[#answer + 1] = string.format('%.0f', of)
end
return answer
end
`;
