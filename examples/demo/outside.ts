import type { Answer } from './client.js';
import { type LogLine, read } from './log-book.js';
import { Scraped } from './scraped.js';
import type { Stage } from './stage.js';

/** Lines of one component and type of event in a second, and of one message. */
const LINES_PER_SECOND = { events: 10, messages: 20 };

const EVENTS = 'breakwater_component_events_total';
const CIRCUIT = { kind: 'circuit-breaker', name: 'database' };
const REJECTED = { kind: 'per-user-rate-limiter', name: 'per-user', type: 'rejected', level: 'warn' };
const PIPELINE = { pipeline: 'http' };

/** What a scene saw from inside and outside, to be compared. */
export interface Happened {
  /** Lines that were written meanwhile. */
  readonly lines: readonly string[];
  readonly before: Scraped;
  readonly after: Scraped;
  /** The circuit's transitions, `CLOSED > OPEN`. */
  readonly moves: readonly string[];
  /** Answers to those whose queries failed, … */
  readonly outage: readonly Answer[];
  /** … and the trace that they said they belong to. */
  readonly trace: string;
  /** Answers of `/api/users`. */
  readonly users: readonly Answer[];
  /** Requests of all visitors. */
  readonly all: number;
  /** From the first refusal to the last. */
  readonly seconds: number;
}

/** Each transition is a line, and what belongs to one request is found by its id. */
export function promiseLines(stage: Stage, { lines, moves, outage, trace, users }: Happened): void {
  const all = lines.map(read);
  const transitions = all.filter(
    ({ componentKind, componentEvent }) => componentKind === CIRCUIT.kind && componentEvent === 'stateChange',
  );
  const told = transitions.map(({ from, to }) => `${String(from)} > ${String(to)}`);
  const failed = outage.map(idOf);
  const asked = users.map(idOf);
  const [opened, ...later] = transitions.map(({ id }) => String(id));
  stage.promise(
    'every transition of the circuit is one line, with the id of the request that led to it',
    told.join() === moves.join() &&
      failed.includes(opened ?? '') &&
      later.length === 2 &&
      later.every((id) => id === later[0] && asked.includes(id) && !failed.includes(id)),
    told.join(', '),
  );
  const whole = failed.filter((id) => {
    const own = all.filter((line) => line['id'] === id && line['trace_id'] === trace);
    const [query, ...queries] = own.filter(({ msg }) => msg === 'query failed');
    const [access, ...others] = own.filter(({ msg }) => msg === 'request');
    return query?.['err'] !== undefined && access?.['status'] === 503 && queries.length + others.length === 0;
  });
  stage.promise(
    'the failed query and the access line of a request share its id, and the trace that the visitor sent',
    whole.length === failed.length,
    `${String(whole.length)} of ${String(failed.length)} do`,
  );
}

/** What the metrics count is what the visitors counted. */
export function promiseCounts(stage: Stage, { before, after, moves, outage, users, all }: Happened): void {
  const grew = (name: string, labels: Readonly<Record<string, string>>): number =>
    after.value(name, labels) - before.value(name, labels);
  const calls = (outcome: string) => grew('breakwater_circuit_calls_total', { breaker: 'database', outcome });
  const moved = (level: string) => grew(EVENTS, { ...CIRCUIT, type: 'stateChange', level });
  const counted = {
    success: [calls('success'), answered(users, 200)],
    failure: [calls('failure'), outage.length],
    rejected: [calls('rejected'), answered(users, 503) - outage.length],
    'transitions to OPEN': [moved('error'), 1],
    'other transitions': [moved('info'), moves.length - 1],
    'refused by the limit': [
      grew('breakwater_rate_limit_decisions_total', { limiter: 'per-user', outcome: 'rejected' }),
      answered(users, 429),
    ],
    'refusals told': [grew(EVENTS, REJECTED), answered(users, 429)],
    'refused requests': [grew('breakwater_http_refused_total', PIPELINE), answered(users, 429)],
    requests: [grew('breakwater_http_requests_total', PIPELINE), all],
  };
  stage.promise(
    'the metrics count what the visitors counted',
    Object.values(counted).every(([scraped, seen]) => scraped === seen) && answered(users, 429) > 0,
    Object.entries(counted)
      .map(([what, [scraped, seen]]) =>
        scraped === seen ? `${what} ${String(seen)}` : `${what} ${String(scraped)} instead of ${String(seen)}`,
      )
      .join(', '),
  );
}

/** What was confided, and where it may not be. */
export interface Confided {
  readonly secrets: readonly string[];
  /** Sent beside them wherever that was possible, to be sure that something was written there. */
  readonly note: string;
  readonly scrapes: readonly Scraped[];
}

export async function promiseNoSecrets(stage: Stage, { secrets, note, scrapes }: Confided): Promise<void> {
  const lines = stage.book.since(0);
  const formats = ['application/openmetrics-text', 'application/json'];
  const others = await Promise.all(formats.map((accept) => stage.inside.get('/metrics', { Accept: accept })));
  const texts = [...scrapes.map(({ text }) => text), ...others.map(({ body }) => body)];
  const holds = (text: string): boolean => secrets.some((secret) => text.includes(secret));
  const leaks = [...lines, ...texts].filter(holds).length;
  const line = lines.map(read).find(({ msg }) => msg === 'feedback');
  const places = ['url', 'headers', 'text', 'parsed'].filter((name) => JSON.stringify(line?.[name]).includes(note));
  const masked = JSON.stringify(line).split('[secret]').length - 1;
  stage.promise(
    'no line and no scrape holds one of these secrets; what came beside them is there',
    leaks === 0 && places.length === 4 && masked > 0,
    `${String(leaks)} of ${String(lines.length)} lines and ${String(texts.length)} scrapes; masked in ${String(masked)} places of ${places.join(', ')}`,
  );
}

/** A flood of refusals is told in few lines, and none of them is forgotten: all that were ever refused are accounted for. */
export function promiseFewLines(stage: Stage, { lines, after, users, seconds }: Happened): void {
  const ever = stage.book.since(0).map(read);
  const here = ever.slice(-lines.length);
  const ofLimiter = ({ componentKind }: LogLine): boolean => componentKind === REJECTED.kind;
  const ofPipeline = ({ msg }: LogLine): boolean => msg === 'request refused';
  const [limiter, pipeline] = [here.filter(ofLimiter).length, here.filter(ofPipeline).length];
  const suppressed = sum(ever.filter(ofLimiter), (line) => line['suppressed']);
  const leftOut = sum(ever, leftOutOf('SECURITY_EVENT request refused'));
  const most = (perSecond: number): number => perSecond * Math.ceil(seconds + 1);
  stage.promise(
    'the flood of refusals makes few lines, which say how many others they stand for',
    ever.filter(ofLimiter).length + suppressed === after.value(EVENTS, REJECTED) &&
      ever.filter(ofPipeline).length + leftOut === after.value('breakwater_http_refused_total', PIPELINE) &&
      limiter <= most(LINES_PER_SECOND.events) &&
      pipeline <= most(LINES_PER_SECOND.messages),
    `${String(answered(users, 429))} refusals in ${String(limiter)} lines of the limiter and ${String(pipeline)} of the pipeline; so far ${String(suppressed)} and ${String(leftOut)} were left out and counted`,
  );
}

/** Some of it, for people to see. */
export function showExcerpts(stage: Stage, { lines, outage, after }: Happened): void {
  const all = lines.map((text) => ({ text, line: read(text) }));
  const opening = all.find(({ line }) => line['componentEvent'] === 'stateChange')?.line['id'] ?? outage.map(idOf)[0];
  const shown = [
    all.find(({ line }) => line['id'] === opening && line['msg'] === 'query failed'),
    all.find(({ line }) => line['id'] === opening && line['componentEvent'] === 'stateChange'),
    all.find(({ line }) => line['id'] === opening && line['msg'] === 'request'),
    all.find(({ line }) => Number(line['suppressed']) > 0 && line['componentKind'] === 'per-user-rate-limiter'),
  ];
  stage.say('Four of the lines, and some of the scrape:');
  for (const each of shown) if (each !== undefined) stage.quote(each.text, 3);
  for (const line of after.text.split('\n')) if (EXCERPT.test(line)) stage.quote(line);
}

const EXCERPT =
  /^breakwater_(circuit_calls_total.*(success|failure|rejected)|component_events_total.*(error.*stateChange|limiter.*rejected)|performance_value.*request.*p99)/;

function answered(answers: readonly Answer[], status: number): number {
  return answers.filter((answer) => answer.status === status).length;
}

function idOf({ headers }: Answer): string {
  return String(headers['x-request-id']);
}

/** How many lines of a message are left out, as a line about that tells. */
function leftOutOf(message: string): (line: LogLine) => unknown {
  return ({ msg, messages }) =>
    msg === 'lines left out'
      ? (messages as readonly { message: string; lines: number }[]).find((each) => each.message === message)?.lines
      : 0;
}

function sum(lines: readonly LogLine[], of: (line: LogLine) => unknown): number {
  return lines.reduce((total, line) => total + Number(of(line) ?? 0), 0);
}
