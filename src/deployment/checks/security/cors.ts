import type { DeploymentFinding } from '../../finding.js';
import { crashed, failed, warned } from '../report.js';
import type { CORSSettings } from './options.js';

/** Nobody's: who lets it in lets everybody in. Source: RFC 2606. */
const STRANGER = 'https://stranger.example';

/** Judges who may read answers from other sites. Source: Fetch, CORS protocol. @internal */
export async function judgeCORS({ origin, credentials }: CORSSettings): Promise<DeploymentFinding[]> {
  const origins: readonly unknown[] = Array.isArray(origin) ? (origin as unknown[]) : [origin];
  const byId = new Map<string, DeploymentFinding>();
  for (const one of origins) {
    const findings = [...(await judgeReach(one, credentials === true))];
    if (one instanceof RegExp) findings.push(...judgePattern(one.source));
    if (typeof one === 'string' && one !== '*') findings.push(...judgeOrigin(one));
    for (const finding of findings) byId.set(finding.id, finding);
  }
  return [...byId.values()];
}

function judgePattern(source: string): DeploymentFinding[] {
  const findings: DeploymentFinding[] = [];
  if (!isAnchored(source))
    findings.push(
      warned(
        'security.cors.pattern',
        'a pattern of origins is not bound at both ends, so that other sites fit it too',
        {
          hint: 'begin it with ^ and end it with $, in each of its alternatives',
        },
      ),
    );
  if (isLoose(source))
    findings.push(
      warned(
        'security.cors.loose-pattern',
        'a pattern of origins has an open dot, or a wildcard beside a name, so that other sites fit it too',
        { hint: 'write \\. for a dot, and a wildcard only before one' },
      ),
    );
  if (/https\?|http(?!s)/i.test(source)) findings.push(insecure());
  return findings;
}

const insecure = () =>
  warned('security.cors.insecure-origin', 'an origin without TLS is let in: whoever is in between speaks for it', {
    hint: 'let in its https form alone',
  });

async function judgeReach(origin: unknown, credentials: boolean): Promise<DeploymentFinding[]> {
  let letsIn: boolean;
  try {
    letsIn = await letsStrangerIn(origin);
  } catch {
    const message = 'the function that decides about origins failed, so that nobody knows whom it lets in';
    return [crashed('security.cors.function', message)];
  }
  if (!letsIn || !credentials) return [];
  return [
    failed('security.cors.credentials', 'every site may read what visitors may: all are let in, with credentials', {
      hint: 'name the origins that may',
    }),
  ];
}

async function letsStrangerIn(origin: unknown): Promise<boolean> {
  if (typeof origin !== 'function') return fits(origin);
  const decide = origin as (...of: unknown[]) => unknown;
  // With two parameters it answers by the second, as the package cors asks it.
  if (decide.length < 2) return fits(await decide(STRANGER));
  return new Promise((resolve, reject) => {
    const answer = (error: unknown, allowed: unknown): void => {
      if (error !== null && error !== undefined) resolve(false);
      else resolve(fits(allowed));
    };
    void Promise.resolve(decide(STRANGER, answer)).catch(reject);
  });
}

function fits(origin: unknown): boolean {
  if (origin instanceof RegExp) return new RegExp(origin.source, origin.flags.replace(/[gy]/g, '')).test(STRANGER);
  if (Array.isArray(origin)) return origin.some(fits);
  // What a function answers may be anything: the package cors takes all that is not false for a yes.
  return typeof origin === 'string' ? origin === '*' || origin === STRANGER : Boolean(origin);
}

function judgeOrigin(origin: string): DeploymentFinding[] {
  const text = origin.trim().toLowerCase();
  if (text === 'null')
    return [
      failed('security.cors.null', "the origin 'null' is let in, which any site can be", {
        hint: 'leave it out: sandboxed frames and local files have it',
      }),
    ];
  const findings: DeploymentFinding[] = [];
  if (text.startsWith('http://')) findings.push(insecure());
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^/?#@*\s]+$/.test(text))
    findings.push(
      warned('security.cors.origin', 'what is let in is no origin, so that nothing ever fits it', {
        hint: 'write scheme, host and port alone: https://shop.example; for several names hand in a pattern',
      }),
    );
  return findings;
}

/** Whether a name in a pattern is followed or led by what may be anything: `app.example`, `.*example\.com`, `example\.com.*$`. */
function isLoose(source: string): boolean {
  // What is escaped, and what is one of some characters, are no open dots.
  const open = source.replace(/\\[\w]|\[(?:\\.|[^\]\\])*\]/g, '_').replace(/\\./g, ',');
  // Before the name that somebody owns, which may be that of another then, or behind it.
  return /\.(?![*+?{])|[._][*+]\??\)?[*?]?[a-z\d-]+,[a-z]+(?:,[a-z]{2})?(?![\w,-])|[a-z\d]\(*(?:\?:)?\.[*+]\??\)*[*?]?\$/i.test(
    open,
  );
}

/** Whether each alternative of a pattern is bound at both ends. */
function isAnchored(source: string): boolean {
  let depth = 0;
  let start = 0;
  const alternatives: string[] = [];
  for (let i = 0, isClass = false; i < source.length; i++) {
    const character = source[i];
    if (character === '\\') i++;
    else if (character === '[') isClass = true;
    else if (character === ']') isClass = false;
    else if (isClass) continue;
    else if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === '|' && depth === 0) {
      alternatives.push(source.slice(start, i));
      start = i + 1;
    }
  }
  alternatives.push(source.slice(start));
  return alternatives.every((one) => one.startsWith('^') && /(?<!\\)(?:\\\\)*\$$/.test(one));
}
