import { readFileSync } from 'node:fs';
import { answersTo } from './load.js';

/** Headers that show who has had a hand in an answer. */
const SHOWN = {
  ours: ['x-content-type-options', 'x-frame-options', 'content-security-policy', 'x-request-id'],
  peers: ['x-content-type-options', 'x-frame-options', 'content-security-policy', 'ratelimit-policy'],
};
/** What the lines of both access logs say. */
const LINES = ['request', 'request completed'];
const USER_LIMIT = 3;
const ADDRESS_LIMIT = 6;

function expectSame(what, actual, expected) {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (is !== should) throw new Error(`${what}: ${is} instead of ${should}`);
}

/**
 * That a stack does its work, or its cost would mean nothing: headers are there, the fourth request of a user and the
 * seventh of an address are refused where the limits are low, and each request is counted, written and guarded.
 *
 * @param sink - an empty file for the access log; none without it.
 */
async function check(servers, stack, sink) {
  const server = await servers.start(stack, { addressLimit: ADDRESS_LIMIT, userLimit: USER_LIMIT, sink });
  const answers = await answersTo(server.port, [1, 1, 1, 1, 2, 2, 2]);
  const [first] = answers;
  const statuses = answers.map(({ status }) => status);
  expectSame(`statuses of ${stack}`, statuses, [200, 200, 200, 429, 200, 200, 429]);
  const missing = SHOWN[stack].filter((name) => !first.head.includes(`\r\n${name}: `));
  expectSame(`headers that ${stack} lacks`, missing, []);
  expectSame(`counts of ${stack}`, await server.ask('report'), { counted: answers.length, guarded: 5 });
  if (sink !== undefined) expectSame(`lines of ${stack}`, requestLines(sink).length, answers.length);
  server.end();
}

/** That both do. */
export async function checkWork(servers, sinkOf) {
  for (const stack of ['ours', 'peers']) {
    await check(servers, stack, sinkOf(`${stack}-check`));
    await check(servers, stack, undefined);
  }
}

/** That every request of a run was counted, and written where there is a log. */
export async function checkCounts({ name, server, sink }, requests) {
  const { counted } = await server.ask('report');
  if (counted !== undefined) expectSame(`requests that '${name}' counted`, counted, requests);
  if (sink !== undefined) expectSame(`lines of '${name}'`, requestLines(sink).length, requests);
}

/** Lines of the access log: ours also tells of refusals and of slow requests. */
function requestLines(sink) {
  const lines = readFileSync(sink, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line)).filter(({ msg }) => LINES.includes(msg));
}
