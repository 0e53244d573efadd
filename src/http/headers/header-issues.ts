import { policyIssues } from './content-security-policy.js';

/** What tells where an answer ends, or what its connection does next: the same for all answers, none could be read. */
const OF_THE_MESSAGE =
  /^(connection|content-(encoding|length|range|type)|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$/;

/** Values that browsers know of these; anything else they ignore, and the service is not protected. */
const KNOWN: Readonly<Record<string, readonly [values: RegExp, must: string]>> = /* @__PURE__ */ Object.freeze({
  'x-content-type-options': [/^nosniff$/i, 'must be nosniff'],
  'x-frame-options': [/^(deny|sameorigin)$/i, 'must be DENY or SAMEORIGIN'],
  // RFC 6797, section 6.1: whatever else there is, browsers pass over.
  'strict-transport-security': [/(^|;)\s*max-age="?\d{1,12}"?\s*(;|$)/i, 'must say max-age, in seconds'],
});

/** What is wrong with a header that every answer is to carry. @internal */
export function headerIssues(name: string, value: string): readonly string[] {
  const lower = name.toLowerCase();
  if (OF_THE_MESSAGE.test(lower)) return ['belongs to each answer by itself, and would make others unreadable'];
  if (/^content-security-policy(-report-only)?$/.test(lower)) return policyIssues(value);
  const [values, must] = Object.hasOwn(KNOWN, lower) ? (KNOWN[lower] ?? []) : [];
  return values === undefined || must === undefined || values.test(value) ? [] : [must];
}
