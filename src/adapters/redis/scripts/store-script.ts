import { COUNT } from './count.js';
import { CHANGES, CLEAR, MARK } from './marks.js';
import { RECORD } from './record.js';
import { TAKE, TAKE_PACKED } from './take.js';

/**
 * Takes out what is under one of these keys and of another type than ours, such as somebody wrote by hand: with it, nobody could
 * ever be counted there.
 */
const REPLACE = `
local function replace(from, to)
  local types = {b = 'string', m = 'string', w = 'string', e = 'list', p = 'hash', v = 'zset', x = 'zset'}
  local any = false
  for i = from, to do
    local is = call('TYPE', KEYS[i]).ok
    if is ~= 'none' and is ~= types[string.match(KEYS[i], '}(%a)')] then
      call('DEL', KEYS[i])
      any = true
    end
  end
  return any
end
`;

/** What comes after it is done only if its key is new. */
const ONCE = `
return function(k, a)
  before = not call('SET', KEYS[k + 1], '1', 'NX', 'PX', ARGV[a + 1])
  return {}
end
`;

/**
 * Several operations, one after the other. What finds a key of another type has changed nothing yet, and is done again without it.
 * ARGV has a time of the server's first, and then for each its head, that is its name, how many
 * of the keys are its own and how many arguments follow; until when it matters, counted from that time; and its arguments. A first one named `once` has everything after it done only if its key is new. The answer is the server's time, then one
 * list an operation: what it says, nothing when it came too late, or `!` and what is wrong.
 */
const RUN = `
local since, heads, answers, k, a, size = now - ARGV[1], {}, {now}, 0, 1, #ARGV
while a < size do
  local text = ARGV[a + 1]
  local head = heads[text]
  if not head then
    local name, keys, args = string.match(text, '(%a+) (%d+) (%d+)')
    head = {operationOf(name), keys + 0, args + 0}
    heads[text] = head
  end
  local answer = {}
  if before then answer = {'!', 'it was sent before, and may have been done'}
  elseif since <= ARGV[a + 2] + 0 then
    local done, said = pcall(head[1], k, a + 2, head[2])
    if not done and string.find(textOf(said), 'WRONGTYPE', 1, true) and replace(k + 1, k + head[2]) then
      done, said = pcall(head[1], k, a + 2, head[2])
    end
    if done then answer = said else answer = {'!', textOf(said)} end
  end
  answers[#answers + 1] = answer
  k, a = k + head[2], a + 2 + head[3]
end
return answers
`;

/** Makes what does an operation, of which a run needs one or two: to make all of them takes as long as to do one. */
function operations(packed: boolean): string {
  const branches = Object.entries({
    take: packed ? TAKE_PACKED : TAKE,
    count: COUNT,
    record: RECORD,
    mark: MARK,
    changes: CHANGES,
    clear: CLEAR,
    once: ONCE,
  });
  return `
local before = false
local function operationOf(name)
${branches.map(([name, text]) => `if name == '${name}' then ${text} end`).join('\n')}
end
local function textOf(said) return type(said) == 'table' and said.err or tostring(said) end
`;
}

/** All that a store does, as one script. @internal */
export function storeScript(packed: boolean): string {
  return `
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local call, format, number = redis.call, string.format, tonumber
${operations(packed)}${REPLACE}${RUN}`;
}
