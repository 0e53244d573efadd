import { BY_HAND_MS, KILL_MS, LAG_MS } from './options.js';

const TITLES = {
  h1: 'HTTP/1.1',
  h2: 'HTTP/2',
  sse: 'Server-sent events',
  ws: 'WebSockets',
};

const ABOUT = {
  h1: [
    '60 clients keep their connection, 20 open one for each request. The last column is the same with a wait of',
    `${String(BY_HAND_MS / 1_000)} s between the signal and the stop, which the user of the library adds by hand.`,
  ],
  h2: [
    '60 clients keep a session with two requests at a time, 20 open a session for each request; without TLS. Half of the 60',
    'leave the old session with the lag, as behind a proxy that forwards requests, and half stay until the server sends',
    'GOAWAY or closes, as behind one that forwards connections. After a GOAWAY a client opens another session for what it has',
    'not sent yet. Every request that it had sent and must send again counts as failed, also one that the server is sure not',
    'to have begun.',
  ],
  sse: [
    '60 clients listen to a stream with ten events a second, 20 ask the same server for plain work with a connection for',
    'each request. A stream that ends after a whole event and with the last chunk of its encoding is no failure: its',
    'client comes back. One that breaks off, or is silent for 3 s, is.',
  ],
  ws: [
    '60 clients have their messages echoed, one at a time, 20 ask the same server for plain work with a connection for',
    'each request. A connection that closes with 1001 or 1012 is no failure: its client comes back. Any other close is one,',
    'and so is a message without an echo that was sent half a second or longer before the close came. A younger one',
    "crossed the close on the wire, where no server can answer it any more: such are counted apart, and are the client's to",
    'send again.',
  ],
};

const thousands = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
const seconds = (ms) => `${(ms / 1_000).toFixed(2)} s`;

function exitsOf({ exits }) {
  const words = Object.keys(exits);
  return words.length === 1 ? words[0] : words.map((word) => `${word} (${String(exits[word])})`).join(', ');
}

/** The columns of one result, as text. */
function cells({ protocol, name, version, restarts, requests, failures, failed, crossed, exitMs, killed, ...rest }) {
  return [
    name,
    version,
    String(restarts),
    thousands(requests),
    thousands(failures),
    ...['refused', 'reset', 'unavailable', 'other'].map((kind) => thousands(failed[kind])),
    seconds(exitMs.median),
    seconds(exitMs.worst),
    exitsOf(rest),
    String(killed),
    ...(protocol === 'ws' ? [thousands(crossed)] : []),
  ];
}

function head(protocol) {
  return [
    ...['library', 'version', 'restarts', 'requests', 'failed', 'refused', 'reset', '503', 'other'],
    ...['exit, median', 'exit, worst', 'exit code', 'killed'],
    ...(protocol === 'ws' ? ['crossed'] : []),
    ...(protocol === 'h1' ? ['failed, with 1 s by hand'] : []),
  ];
}

const row = (columns) => `| ${columns.join(' | ')} |`;

function byHand(result, results) {
  const other = results.find(({ protocol, library, delayMs }) => {
    return protocol === result.protocol && library === result.library && delayMs > 0;
  });
  return other === undefined ? '–' : `${thousands(other.failures)} of ${thousands(other.requests)}`;
}

function table(protocol, results) {
  const own = results.filter((result) => result.protocol === protocol && result.delayMs === 0);
  if (own.length === 0) return [];
  const columns = head(protocol);
  return [
    `## ${TITLES[protocol]}`,
    '',
    ...ABOUT[protocol],
    '',
    row(columns),
    row(columns.map(() => '---')),
    ...own.map((result) => row([...cells(result), ...(protocol === 'h1' ? [byHand(result, results)] : [])])),
    '',
  ];
}

function machines(results) {
  const byMachine = new Map();
  for (const { machine, date } of results) byMachine.set(machine, [...(byMachine.get(machine) ?? []), date]);
  return [...byMachine].map(([machine, dates]) => {
    const days = [...new Set(dates)].sort();
    return `${machine} (${days.length === 1 ? days[0] : `${days[0]} to ${days.at(-1)}`})`;
  });
}

function usage(results) {
  const means = new Map(results.map(({ name, means, byHand: delay }) => [name, { means, delay }]));
  return [...means].map(([name, { means: text, delay }]) => {
    return `- ${name}: ${text}${delay === undefined ? '' : `; the wait by hand is ${delay}`}.`;
  });
}

/** The page for the documentation. */
export function markdown(results) {
  return [
    '# Rolling restarts, beside others',
    '',
    'How many requests fail while a service is restarted again and again under load, with this library and with its peers,',
    'each set up as its documentation shows and with its defaults. A replica starts on a port of its own, the one before it',
    `gets SIGTERM, and for another ${String(LAG_MS)} ms the clients go on using the old one, as they do behind a load balancer that has`,
    'not heard of it yet; from then on all requests go to the new one. A request takes the server up to 20 ms, one in twelve',
    '100 to 300 ms, half of these with their head sent at once; one in ten has a body. A client pauses 10 to 30 ms between two',
    'requests, and 200 ms after a failure. The service itself knows nothing of being stopped.',
    '',
    'Failed is a request that is refused (no connection), reset (a connection or a stream that breaks off), answered with',
    '503, or otherwise not answered whole. An exit is timed from SIGTERM; a replica that has not exited after',
    `${String(KILL_MS / 1_000)} s is killed. There is no Kubernetes, no terminal and no NODE_ENV, and nothing leaves the machine.`,
    '',
    'Made by `node bench/rolling-restart/run.js --write`, in one or several runs, on:',
    '',
    ...machines(results).map((line) => `- ${line}`),
    '',
    '`--check` restarts this library alone, and fails with the first request that does. Who wrote the harness wrote one of',
    'the libraries: look at what the others do with a wait, which each of them has a place for.',
    '',
    'How each is used:',
    '',
    ...usage(results),
    '',
    ...Object.keys(TITLES).flatMap((protocol) => table(protocol, results)),
    'Counts differ from run to run. No peer documents how it stops WebSockets, and of the peers only http-graceful-shutdown and',
    'http-terminator name HTTP/2; all are measured with what they do. Where replicas of http-graceful-shutdown are killed here,',
    'its own limit of 30 s would have ended them later.',
    '',
  ].join('\n');
}
