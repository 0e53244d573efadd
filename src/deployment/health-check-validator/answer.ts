/** How far a request has come. @internal */
export type Stage = 'connecting' | 'waiting' | 'reading';

/** An answer that came whole, or as much of it as is read. @internal */
export interface Answered {
  readonly kind: 'answered';
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
  /** Whether the body is longer than what is read of one. */
  readonly isCut: boolean;
  /** Whether a body came where none may be, behind an answer to `HEAD`. */
  readonly hasStrayBody: boolean;
  /** Whether it came over a connection that had been used before. */
  readonly isReused: boolean;
  readonly tookMs: number;
}

/** No answer: the code says why, as the platform has it. @internal */
export interface Failed {
  readonly kind: 'failed';
  readonly code: string;
  readonly stage: Stage;
  readonly tookMs: number;
}

/** No answer in time. @internal */
export interface TimedOut {
  readonly kind: 'timed out';
  readonly stage: Stage;
  readonly tookMs: number;
}

/** @internal */
export type Answer = Answered | Failed | TimedOut;

/** A header in one line; empty when it is not there. @internal */
export function header({ headers }: Answered, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : (value ?? []).join(', ');
}

/** Whether it says how the service is, as opposed to that there is no such route, or that it failed. @internal */
export function isOfHealth({ status }: Answered): boolean {
  return (status >= 200 && status <= 299) || status === 503;
}

const STAGES = /* @__PURE__ */ Object.freeze({
  connecting: 'no connection',
  waiting: 'no answer',
  reading: 'an answer without an end',
});

/** Why there is no answer, for people. @internal */
export function whyNot(answer: Failed | TimedOut): string {
  if (answer.kind === 'timed out') return `${STAGES[answer.stage]} within ${shownMs(answer.tookMs)}`;
  if (answer.stage === 'connecting') return `no connection (${answer.code})`;
  return `${answer.stage === 'waiting' ? 'the connection broke' : 'the answer broke off'} (${answer.code})`;
}

/** @internal */
export function shownMs(ms: number): string {
  return `${String(Math.round(ms))} ms`;
}
