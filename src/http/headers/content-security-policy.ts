import { nearest } from '../../core/spelling.js';

/** Directives of Content Security Policy Level 3 and of the specifications that add to it. */
const DIRECTIVES = [
  'default-src',
  'script-src',
  'script-src-elem',
  'script-src-attr',
  'style-src',
  'style-src-elem',
  'style-src-attr',
  'img-src',
  'font-src',
  'connect-src',
  'media-src',
  'object-src',
  'child-src',
  'frame-src',
  'worker-src',
  'manifest-src',
  'fenced-frame-src',
  'base-uri',
  'form-action',
  'frame-ancestors',
  'sandbox',
  'report-uri',
  'report-to',
  'upgrade-insecure-requests',
  'require-trusted-types-for',
  'trusted-types',
  'webrtc',
] as const;

/** What means itself only between quotes; without them browsers take it for the name of a host. */
const KEYWORD =
  /^(self|none|unsafe-inline|unsafe-eval|unsafe-hashes|strict-dynamic|report-sample|wasm-unsafe-eval|inline-speculation-rules|nonce-.*|sha(256|384|512)-.*)$/i;
/** Directives in which such a word may be a name. */
const NAMES: readonly string[] = ['trusted-types', 'report-to', 'sandbox'];

/**
 * What a browser would silently make something else of: names of directives that are misspelt or come twice, of which the
 * second is ignored, and keywords without their quotes.
 * @see https://www.w3.org/TR/CSP3/#parse-serialized-policy
 * @internal
 */
export function policyIssues(policies: string): string[] {
  return [...new Set(policies.split(',').flatMap(issuesOf))];
}

function issuesOf(policy: string): string[] {
  const issues: string[] = [];
  const seen = new Set<string>();
  for (const directive of policy.split(';')) {
    const [first, ...values] = directive.trim().split(/[\t ]+/);
    const name = (first ?? '').toLowerCase();
    if (name === '') continue;
    const meant = (DIRECTIVES as readonly string[]).includes(name) ? undefined : nearest(name, DIRECTIVES, 2);
    if (meant !== undefined) issues.push(`has a directive that no browser knows; did you mean ${meant}?`);
    if (seen.has(name)) issues.push('has a directive twice, of which browsers ignore the second');
    seen.add(name);
    if (NAMES.includes(name)) continue;
    const keyword = values.find((value) => KEYWORD.test(value));
    if (keyword !== undefined) {
      const shown = /^(nonce|sha\d+)-/i.exec(keyword)?.[0] ?? keyword;
      issues.push(`has ${shown} without single quotes, which browsers take for the name of a host`);
    }
  }
  return issues;
}
