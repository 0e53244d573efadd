// Keys: a bucket and a mark for each rule. Arguments: the plan, which has five numbers a rule, that is what a full bucket holds,
// refillTokens, refillUs, what is wanted, less than nothing when it is given back, and whether it is advisory; then the field of each packed bucket. A token is refillUs
// parts of a microsecond, of which refillTokens make one. A bucket is when it will be full: microseconds, and after a colon
// the parts that remain.
//
// This runs for every request of somebody's service: what a function call would cost is written out, a plan is read once
// for all who come with it, and one rule whose subject is not marked, as nearly all are, goes a way without loops.

interface Layout {
  /** Reads one bucket and its mark, … */
  readonly findOne: string;
  /** … or all of them, into `states` and `marks` at each `step`. */
  readonly findAll: string;
  /** Writes `state` of rule `i`, which is over in `us`. */
  readonly keep: string;
}

/** Each bucket is a key of its own. */
const PLAIN: Layout = {
  findOne: `
local found = call('MGET', KEYS[k + 1], KEYS[k + 2])
local state, mark = found[1], found[2]
`,
  findAll: `
local step, states = 2, call('MGET', unpack(KEYS, k + 1, k + keys))
local marks = states
`,
  keep: `
local kept = (us - us % 1000000) / 1000000 + 2
local text = seconds[kept]
if not text then
  text = format(whole, kept)
  seconds[kept] = text
end
call('SET', KEYS[k + 2 * i - 1], state, 'EX', text)
`,
};

/** Buckets are fields of a few hashes, from which those that are full again are taken out when there are many. */
const PACKED: Layout = {
  findOne: `
local state, mark = call('HGET', KEYS[k + 1], ARGV[a + 2]), call('GET', KEYS[k + 2])
`,
  findAll: `
local step, states, marks = 1, {}, {}
for i = 1, keys / 2 do
  states[i] = call('HGET', KEYS[k + 2 * i - 1], ARGV[a + 1 + i])
  marks[i] = call('GET', KEYS[k + 2 * i])
end
`,
  keep: `
local key, ms = KEYS[k + 2 * i - 1], ttl(us)
if call('HSET', key, ARGV[a + 1 + i], state) == 1 then
  local size = call('HLEN', key)
  if size > 64 and size % 16 == 0 then
    local all = call('HGETALL', key)
    for field = 1, #all, 2 do
      if tonumber(string.match(all[field + 1], '^%d+')) < now then call('HDEL', key, all[field]) end
    end
  end
end
if call('PTTL', key) < ms then call('PEXPIRE', key, ms) end
`,
};

/** Seven numbers a rule: the five of the text, and how long an empty bucket takes to fill, in microseconds and parts. */
const PLAN = `
local plans, seconds = {}, {}
local function planOf(text)
  local plan, n = {}, 0
  for most, tokens, refill, want, advisory in string.gmatch(text, '(%d+) (%d+) (%d+) (%-?%d+) (%d)') do
    most, tokens = most + 0, tokens + 0
    plan[n + 1], plan[n + 2], plan[n + 3], plan[n + 4], plan[n + 5] = most, tokens, refill + 0, want + 0, advisory == '1'
    plan[n + 7] = most % tokens
    plan[n + 6] = (most - plan[n + 7]) / tokens
    n = n + 7
  end
  plans[text] = plan
  return plan
end
`;

/** What is missing to a full bucket. With other limits than before it takes as long to fill, at most as long as an empty one. */
const DUE = `
local due = 0
if state then
  local us, rest = number(state), 0
  if not us then
    local colon = string.find(state, ':', 1, true)
    us, rest = number(string.sub(state, 1, colon - 1)), number(string.sub(state, colon + 1))
  end
  us = us - now
  if us >= 0 then
    if us < longest then due = us * tokens + (rest < tokens and rest or tokens - 1)
    elseif us == longest then due = most - over + (rest < over and rest or over)
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
  wait = (missing - missing % tokens) / tokens
end
`;

function pay({ keep }: Layout): string {
  return `
due = due + want
if due < 0 then due = 0 end
local rest = due % tokens
local us = (due - rest) / tokens
local state = format(whole, now + us)
if rest ~= 0 then state = state .. format(':' .. whole, rest) end
${keep}
`;
}

function take(layout: Layout): string {
  return `
${PLAN}
function operations.take(k, a, keys)
local plan = plans[ARGV[a + 1]] or planOf(ARGV[a + 1])
if keys == 2 then
  local i, most, tokens, refill, want, longest, over = 1, plan[1], plan[2], plan[3], plan[4], plan[6], plan[7]
  ${layout.findOne}
  if not mark then
    ${DUE}
    ${WAIT}
    if wait == 0 and (want > 0 or want < 0 and due > 0) then
      ${pay(layout)}
    end
    local left, up = most - due, due + tokens - 1
    return {wait == 0 and 1 or 0, (left - left % refill) / refill, wait, (up - up % tokens) / tokens, 0}
  end
end
${layout.findAll}
local dues, waits, passes, at = {}, {}, true, 0
for i = 1, keys / 2 do
  local most, tokens, want, longest, over = plan[at + 1], plan[at + 2], plan[at + 4], plan[at + 6], plan[at + 7]
  local state, mark = states[step * (i - 1) + 1], marks[step * i]
  ${DUE}
  ${WAIT}
  dues[i], waits[i] = due, wait
  if mark then
    mark = markOf(mark)
    marks[step * i] = mark
  end
  if (wait ~= 0 or mark and holds(mark)) and not plan[at + 5] then passes = false end
  at = at + 7
end
local answer, n, at = {}, 0, 0
for i = 1, keys / 2 do
  local most, tokens, refill, want = plan[at + 1], plan[at + 2], plan[at + 3], plan[at + 4]
  local due, wait, mark = dues[i], waits[i], marks[step * i]
  local allowed = wait == 0
  if mark and holds(mark) then
    allowed = false
    if wait >= 0 then wait = math.max(wait, mark.left) end
  end
  if passes and allowed and (want > 0 or want < 0 and due > 0) then
    ${pay(layout)}
  end
  local left, up = most - due, due + tokens - 1
  answer[n + 1] = allowed and 1 or 0
  answer[n + 2] = (left - left % refill) / refill
  answer[n + 3] = wait
  answer[n + 4] = (up - up % tokens) / tokens
  if mark then
    tell(answer, mark)
    n = #answer
  else
    n = n + 5
    answer[n] = 0
  end
  at = at + 7
end
return answer
end
`;
}

/** Takes from all buckets or from none. @internal */
export const TAKE = take(PLAIN);

/** The same for buckets that share keys. @internal */
export const TAKE_PACKED = take(PACKED);
