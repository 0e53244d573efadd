import type { Reporter } from '../../core/reporter.js';
import type { RequestView } from '../exchange.js';
import type { Authorizer } from '../health/authorization.js';
import { ForASecond } from '../health/for-a-second.js';
import type { HealthRoute } from '../health/health-routes.js';
import { send } from '../send.js';
import { collectStatus } from './collect.js';
import { page } from './page.js';
import type { StatusSources } from './sources.js';
import type { StatusData } from './status-data.js';
import { STYLE } from './style.js';

/** @internal */
export interface StatusPageSettings extends StatusSources {
  readonly refreshSeconds: number | false;
  readonly authorized: Authorizer;
  /** Whether a browser can ask its user for what `authorized` wants to see: a token as a password. */
  readonly asksForToken: boolean;
  readonly reporter: Reporter;
}

/** It names no service: whoever may not see the page learns nothing from it. */
const CHALLENGE = 'Basic realm="status", charset="UTF-8"';

/** The page for people: read-only, in one answer, and for nobody but whom `authorize` lets. @internal */
export class StatusPage implements HealthRoute {
  readonly name = 'status';
  readonly #settings: StatusPageSettings;
  readonly #data: ForASecond<Promise<StatusData>>;
  #policy: Promise<string> | undefined;

  constructor(settings: StatusPageSettings) {
    this.#settings = settings;
    const startedMs = settings.now();
    this.#data = new ForASecond(settings.now, () => collectStatus(settings, startedMs));
  }

  /** Answers a request for the page. It never rejects. */
  async answer(request: RequestView): Promise<void> {
    try {
      if (await this.#settings.authorized(request, 'page')) await this.#show(request);
      else this.#refuse(request);
    } catch (error) {
      this.#settings.reporter.listenerError(error);
      send(request, 500, { ...PLAIN, headers: [], body: 'The status page could not be made.\n' });
    }
  }

  async #show(request: RequestView): Promise<void> {
    const { refreshSeconds: everySeconds } = this.#settings;
    const paused = /[?&]refresh=off(?:[&#]|$)/.test(request.exchange.url);
    const body = page(await this.#data.get(), { everySeconds, paused });
    const headers: [string, string][] = [
      ['Content-Security-Policy', await (this.#policy ??= policyFor(STYLE))],
      ...ALONE,
      ...(everySeconds === false || paused ? [] : [['Refresh', String(everySeconds)] as [string, string]]),
    ];
    send(request, 200, { contentType: 'text/html; charset=utf-8', headers, body });
  }

  #refuse(request: RequestView): void {
    const { asksForToken } = this.#settings;
    const headers: [string, string][] = asksForToken ? [['WWW-Authenticate', CHALLENGE]] : [];
    send(request, asksForToken ? 401 : 403, { ...PLAIN, headers, body: 'Not authorised.\n' });
  }
}

const PLAIN = /* @__PURE__ */ Object.freeze({ contentType: 'text/plain; charset=utf-8' });

/** Nobody else's page may hold, frame, read or keep this one, or learn where it is. */
const ALONE: readonly [string, string][] = [
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Referrer-Policy', 'no-referrer'],
  ['X-Robots-Tag', 'noindex'],
];

/** Nothing may be loaded but the icon in the page itself, and nothing may run. */
async function policyFor(style: string): Promise<string> {
  const digest = await globalThis.crypto.subtle.digest('SHA-256', new TextEncoder().encode(style));
  const hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
  return [
    "default-src 'none'",
    `style-src 'sha256-${hash}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
