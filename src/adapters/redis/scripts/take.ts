import { LONGEST_US } from '../../../traffic/store/index.js';
import { MARKS, NUMBERS } from './parts.js';

// Keys: the buckets, then a mark for each. Arguments: the plan, which has five numbers a rule, that is what a full bucket holds,
// refillTokens, refillUs, what is wanted, less than nothing when it is given back, and whether it is advisory; then the field of each
// packed bucket. A token is refillUs parts of a microsecond, of which refillTokens make one. A bucket is when it will be full:
// microseconds, and after a colon the parts that remain. The answer has three numbers a rule, that is what is left, how long
// to wait and until it is full; nothing to wait for is admitted. If anybody is marked, all marks follow.
//
// This runs for every request of somebody's service: what a function call would cost is written out, a plan is read once
// for all who come with it, and one rule whose subject is not marked, as nearly all are, goes a way without loops.

interface Layout {
  /** What the rest is written with. */
  readonly needs: string;
  /** Reads the bucket of rule `i` as `state`. */
  readonly find: string;
  /** Writes that of rule `i`, which is full in `us` and `rest`; it was `old` if that is a number. */
  readonly keep: string;
}

/**
 * Each bucket is a key of its own. One that is kept long enough already is only added to, which takes a third of the time; its end is
 * looked at each time, so that a key that has none, or one far away, gets it again.
 */
const PLAIN: Layout = {
  needs: '',
  find: `local state = call('GET', KEYS[k + i])`,
  keep: `
local key, spare = KEYS[k + i], 0
if old and rest == 0 then spare = call('PTTL', key) * 1000 - us end
if spare > 0 and spare < 4000000 then call('INCRBY', key, format(whole, now + us - old))
else
  local kept = (us - us % 1000000) / 1000000 + 2
  local text = seconds[kept]
  if not text then
    text = format(whole, kept)
    seconds[kept] = text
  end
  local state = format(whole, now + us)
  if rest ~= 0 then state = state .. format(':' .. whole, rest) end
  call('SET', key, state, 'EX', text)
end
`,
};

/**
 * Buckets are fields of a few hashes, from which those that are full again are taken out when there are many. Of far more than were
 * planned for, that is tried at every power of two: going through all of them for each few would take the longer the more there are.
 */
const PACKED: Layout = {
  needs: NUMBERS,
  find: `local state = call('HGET', KEYS[k + i], ARGV[a + 1 + i])`,
  keep: `
local key, ms, state = KEYS[k + i], ttl(us), format(whole, now + us)
if rest ~= 0 then state = state .. format(':' .. whole, rest) end
if call('HSET', key, ARGV[a + 1 + i], state) == 1 then
  local size = call('HLEN', key)
  if size > 64 and size % 16 == 0 and (size <= 256 or math.frexp(size) == 0.5) then
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

/** Of `us` and `rest`: with other limits than before it takes as long to fill, at most as long as an empty one. */
const OWED = `
if us < longest then due = us * tokens + (rest < tokens and rest or tokens - 1)
elseif us == longest then due = most - over + (rest < over and rest or over)
else due, beyond = most, us - longest end
`;

/** What is missing to a full bucket, and how much longer than an empty one it takes. What is further away than any bucket is none. */
const DUE = `
local due, old, beyond = 0, nil, 0
if state then
  old = number(state)
  local us, rest = old, 0
  if not old then
    local colon = string.find(state, ':', 1, true) or 1
    us, rest = number(string.sub(state, 1, colon - 1)) or 0, number(string.sub(state, colon + 1)) or 0
  end
  us = us - now
  if us >= 0 and us <= ${String(LONGEST_US)} then
    ${OWED}
  end
end
`;

/** How long it takes until there is enough. */
const WAIT = `
local missing, wait = want - (most - due), 0
if want > most then wait = -1
elseif missing > 0 then
  missing = missing + tokens - 1
  wait = (missing - missing % tokens) / tokens + beyond
end
`;

/** What is left, and until when it is not full. */
const ANSWER = `
local left, up = most - due, due + tokens - 1
`;

/** Who gives back may have smaller limits than whoever took, and gives no more than that all the same. */
function pay({ keep }: Layout): string {
  return `
due = due + want
if due < 0 then due = 0 end
local rest = due % tokens
local us = (due - rest) / tokens + beyond
${keep}
if beyond > 0 then
  beyond = 0
  ${OWED}
end
`;
}

function take(layout: Layout): string {
  return `
${layout.needs}${PLAN}
local function marking()
  ${MARKS}
  return markOf, holds, tell
end
local whole = format('%d', 2 ^ 53 - 1) == '9007199254740991' and '%d' or '%.0f'
return function(k, a, keys)
local plan = plans[ARGV[a + 1]] or planOf(ARGV[a + 1])
if keys == 2 and not call('GET', KEYS[k + 2]) then
  local i, most, tokens, refill, want, longest, over = 1, plan[1], plan[2], plan[3], plan[4], plan[6], plan[7]
  ${layout.find}
  ${DUE}
  ${WAIT}
  if wait == 0 and (want > 0 or want < 0 and due > 0) then
    ${pay(layout)}
  end
  ${ANSWER}
  return {(left - left % refill) / refill, wait, (up - up % tokens) / tokens + beyond}
end
local rules, dues, waits, olds, beyonds, passes, at = keys / 2, {}, {}, {}, {}, true, 0
local marks, markOf, holds, tell
if call('EXISTS', unpack(KEYS, k + rules + 1, k + keys)) > 0 then
  markOf, holds, tell = marking()
  marks = call('MGET', unpack(KEYS, k + rules + 1, k + keys))
end
for i = 1, rules do
  local most, tokens, want, longest, over = plan[at + 1], plan[at + 2], plan[at + 4], plan[at + 6], plan[at + 7]
  ${layout.find}
  ${DUE}
  ${WAIT}
  if marks and marks[i] then
    local mark = markOf(marks[i])
    marks[i] = mark
    if mark and holds(mark) and wait >= 0 then wait = math.max(wait, mark.left) end
  end
  dues[i], waits[i], olds[i] = due, wait, old
  if beyond > 0 then beyonds[i] = beyond end
  if wait ~= 0 and not plan[at + 5] then passes = false end
  at = at + 7
end
local answer, n, at = {}, 0, 0
for i = 1, rules do
  local most, tokens, refill, want = plan[at + 1], plan[at + 2], plan[at + 3], plan[at + 4]
  local longest, over, beyond = plan[at + 6], plan[at + 7], beyonds[i] or 0
  local due, wait, old = dues[i], waits[i], olds[i]
  if passes and wait == 0 and (want > 0 or want < 0 and due > 0) then
    ${pay(layout)}
  end
  ${ANSWER}
  answer[n + 1], answer[n + 2], answer[n + 3] = (left - left % refill) / refill, wait, (up - up % tokens) / tokens + beyond
  n, at = n + 3, at + 7
end
if marks then
  for i = 1, rules do tell(answer, marks[i]) end
end
return answer
end
`;
}

/** Takes from all buckets or from none. @internal */
export const TAKE = take(PLAIN);

/** The same for buckets that share keys. @internal */
export const TAKE_PACKED = take(PACKED);
