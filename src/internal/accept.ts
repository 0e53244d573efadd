/** One range of an `Accept` header, in lower case. @internal */
export interface AcceptRange {
  readonly type: string;
  readonly subtype: string;
  /** What its parameter `version` says. */
  readonly version: string | undefined;
  /** How much it is wanted, from 0 for not at all to 1. */
  readonly q: number;
}

/** Clients choose how long it is. */
const LONGEST = 2_000;
const QVALUE = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/**
 * What an `Accept` header names, in its order and without what is malformed.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
 * @internal
 */
export function acceptRanges(accept: string): readonly AcceptRange[] {
  return accept.slice(0, LONGEST).split(',').flatMap(readRange);
}

function readRange(text: string): readonly AcceptRange[] {
  const [range = '', ...parameters] = text.split(';').map((word) => word.trim().toLowerCase());
  const [type = '', subtype = '', more] = range.split('/');
  const weight = parameter(parameters, 'q') ?? '1';
  if (subtype === '' || more !== undefined || !QVALUE.test(weight)) return [];
  return [{ type, subtype, version: parameter(parameters, 'version'), q: Number(weight) }];
}

function parameter(parameters: readonly string[], name: string): string | undefined {
  const found = parameters.find((word) => word.startsWith(`${name}=`));
  return found?.slice(name.length + 1).replace(/^"(.*)"$/, '$1');
}
