import { COUNT } from './count.js';
import { CHANGES, CLEAR, MARK, SWEEP } from './marks.js';
import { MARKS, NUMBERS } from './parts.js';
import { RECORD } from './record.js';
import { TAKE, TAKE_PACKED } from './take.js';

/**
 * Several operations, one after the other. ARGV has for each its name, until when it matters by the server's time, how many of the
 * keys are its own, how many arguments follow, and those. The answer is the server's time, then one list an operation: what it
 * says, nothing when it came too late, or `!` and what is wrong.
 */
const RUN = `
local answers, k, a = {now}, 0, 0
while a < #ARGV do
  local keys, args = ARGV[a + 3] + 0, ARGV[a + 4] + 0
  local answer = {}
  if now <= ARGV[a + 2] + 0 then
    local done, said = pcall(operations[ARGV[a + 1]], k, a + 4, keys)
    if done then answer = said else answer = {'!', type(said) == 'table' and said.err or tostring(said)} end
  end
  answers[#answers + 1] = answer
  k, a = k + keys, a + 4 + args
end
return answers
`;

/** All that a store does, as one script. @internal */
export function storeScript(packed: boolean): string {
  return `
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local operations = {}
${NUMBERS}${MARKS}${packed ? TAKE_PACKED : TAKE}${COUNT}${RECORD}${SWEEP}${MARK}${CHANGES}${CLEAR}${RUN}`;
}
