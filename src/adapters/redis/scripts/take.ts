// Keys: a bucket and a mark for each rule. Arguments for each rule: what a full bucket holds, refillTokens, refillUs,
// what is wanted, whether it is advisory, and the field of a packed bucket; a token is refillUs parts of a microsecond, of which
// refillTokens make one. A bucket is when it will be full: microseconds, and after a colon the parts that remain.
//
// This runs for every request of somebody's service: what a function call would cost is written out, and one rule whose subject
// is not marked, as nearly all are, goes a way without loops.

interface Layout {
  /** Reads one bucket and its mark, … */
  readonly findOne: string;
  /** … or all of them, into `states` and `marks` at each `step`; a rule has `width` arguments. */
  readonly findAll: string;
  /** Writes `state` of rule `i`, which is over in `ms`. */
  readonly keep: string;
}

/** Each bucket is a key of its own. */
const PLAIN: Layout = {
  findOne: `
local found = redis.call('MGET', KEYS[k + 1], KEYS[k + 2])
local state, mark = found[1], found[2]
`,
  findAll: `
local width, step = 5, 2
local states = redis.call('MGET', unpack(KEYS, k + 1, k + keys))
local marks = states
`,
  keep: `redis.call('SET', KEYS[k + 2 * i - 1], state, 'PX', ms)`,
};

/** Buckets are fields of a few hashes, from which those that are full again are taken out when there are many. */
const PACKED: Layout = {
  findOne: `
local state, mark = redis.call('HGET', KEYS[k + 1], ARGV[a + 6]), redis.call('GET', KEYS[k + 2])
`,
  findAll: `
local width, step, states, marks = 6, 1, {}, {}
for i = 1, keys / 2 do
  states[i] = redis.call('HGET', KEYS[k + 2 * i - 1], ARGV[a + 6 * i])
  marks[i] = redis.call('GET', KEYS[k + 2 * i])
end
`,
  keep: `
local key = KEYS[k + 2 * i - 1]
if redis.call('HSET', key, ARGV[a + 6 * i], state) == 1 then
  local size = redis.call('HLEN', key)
  if size > 64 and size % 16 == 0 then
    local all = redis.call('HGETALL', key)
    for field = 1, #all, 2 do
      if tonumber(string.match(all[field + 1], '^%d+')) < now then redis.call('HDEL', key, all[field]) end
    end
  end
end
if redis.call('PTTL', key) < ms then redis.call('PEXPIRE', key, ms) end
`,
};

/** What is missing to a full bucket. With other limits than before it takes as long to fill, at most as long as an empty one. */
const DUE = `
local due = 0
if state then
  local us, rest = tonumber(state), 0
  if not us then
    local colon = string.find(state, ':', 1, true)
    us, rest = tonumber(string.sub(state, 1, colon - 1)), tonumber(string.sub(state, colon + 1))
  end
  us = us - now
  if us >= 0 then
    local over = math.fmod(most, tokens)
    local longest = (most - over) / tokens
    if us < longest then due = us * tokens + (rest < tokens and rest or tokens - 1)
    elseif us == longest then due = most - over + math.min(rest, over)
    else due = most end
  end
end
`;

/** How long it takes until there is enough. */
const WAIT = `
local missing, wait = want - (most - due), 0
if want > most then wait = -1
elseif missing > 0 then
  missing = missing + tokens - 1
  wait = (missing - math.fmod(missing, tokens)) / tokens
end
`;

function pay({ keep }: Layout): string {
  return `
due = due + want
local rest = math.fmod(due, tokens)
local us = (due - rest) / tokens
local state, ms = now + us, math.ceil(us / 1000) + 1000
if rest ~= 0 then state = string.format('%.0f:%.0f', state, rest) end
${keep}
`;
}

function take(layout: Layout): string {
  return `
function operations.take(k, a, keys)
if keys == 2 then
  local i, most, tokens, refill, want = 1, ARGV[a + 1] + 0, ARGV[a + 2] + 0, ARGV[a + 3] + 0, ARGV[a + 4] + 0
  ${layout.findOne}
  if not mark then
    ${DUE}
    ${WAIT}
    if wait == 0 and want > 0 then
      ${pay(layout)}
    end
    local left, up = most - due, due + tokens - 1
    left, up = (left - math.fmod(left, refill)) / refill, (up - math.fmod(up, tokens)) / tokens
    return {wait == 0 and 1 or 0, left, wait, up, 0}
  end
end
${layout.findAll}
local dues, waits, passes = {}, {}, true
for i = 1, keys / 2 do
  local at = a + width * (i - 1) + 1
  local most, tokens, want = ARGV[at] + 0, ARGV[at + 1] + 0, ARGV[at + 3] + 0
  local state, mark = states[step * (i - 1) + 1], marks[step * i]
  ${DUE}
  ${WAIT}
  dues[i], waits[i] = due, wait
  if mark then
    mark = markOf(mark)
    marks[step * i] = mark
  end
  if (wait ~= 0 or mark and holds(mark)) and ARGV[at + 4] ~= '1' then passes = false end
end
local answer, n = {}, 0
for i = 1, keys / 2 do
  local at = a + width * (i - 1) + 1
  local most, tokens, refill, want = ARGV[at] + 0, ARGV[at + 1] + 0, ARGV[at + 2] + 0, ARGV[at + 3] + 0
  local due, wait, mark = dues[i], waits[i], marks[step * i]
  local allowed = wait == 0
  if mark and holds(mark) then
    allowed = false
    if wait >= 0 then wait = math.max(wait, mark.left) end
  end
  if passes and allowed and want > 0 then
    ${pay(layout)}
  end
  local left, up = most - due, due + tokens - 1
  answer[n + 1] = allowed and 1 or 0
  answer[n + 2] = (left - math.fmod(left, refill)) / refill
  answer[n + 3] = wait
  answer[n + 4] = (up - math.fmod(up, tokens)) / tokens
  if mark then tell(answer, mark) else answer[n + 5] = 0 end
  n = #answer
end
return answer
end
`;
}

/** Takes from all buckets or from none. @internal */
export const TAKE = take(PLAIN);

/** The same for buckets that share keys. @internal */
export const TAKE_PACKED = take(PACKED);
