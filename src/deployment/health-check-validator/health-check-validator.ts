import type { PlatformAbortSignal } from '../../core/platform.js';
import { steady } from '../../core/steady.js';
import { CheckStatus, type DeploymentFinding, shownError, shownText, worstOf } from '../finding.js';
import type { Answer } from './answer.js';
import { judgeAuth } from './judge-auth.js';
import { judgeHeaders } from './judge-headers.js';
import { judgeLeaks } from './judge-leaks.js';
import { judgeLatency, judgeProbes, judgeSilence } from './judge-probes.js';
import { judgeRequests } from './judge-requests.js';
import { type HealthCheckValidatorOptions, readSettings, type Settings } from './options.js';
import { type HealthCheckReport, type HealthRouteFact, unknown } from './report.js';
import { Connections } from './request.js';
import { type FirstLook, type Heard, Survey } from './survey.js';

/**
 * Asks a running service for its health as probes, balancers, caches and strangers do, and says what is wrong with the
 * answers: routes, methods, latency, headers, and what they give away.
 *
 * @example
 * const report = await new HealthCheckValidator({ baseUrl: 'http://127.0.0.1:3000' }).run();
 * for (const { status, id, message } of report.findings) console.log(status, id, message);
 */
export class HealthCheckValidator {
  /** Begins the report's message. */
  readonly name: string;
  readonly #settings: Settings;

  /** @throws {@link InvalidOptionsError} naming every option that is missing, unknown or impossible; never what a URL holds. */
  constructor(options: HealthCheckValidatorOptions) {
    this.#settings = readSettings(options);
    this.name = this.#settings.name;
  }

  /**
   * Asks, within three times `timeoutMs`. Never rejects: a service that does not answer is what it reports.
   *
   * @param context - `signal` ends it earlier; what is not known by then is a `FAIL`.
   */
  async run({ signal }: { readonly signal?: PlatformAbortSignal } = {}): Promise<HealthCheckReport> {
    const { clock, target, timeoutMs, ca } = this.#settings;
    const now = steady(clock);
    const startedAtMs = now();
    const opened: Connections[] = [];
    const open = async (keepAlive: boolean): Promise<Connections> => {
      const connections = await Connections.to(target, { ca, keepAlive });
      opened.push(connections);
      return connections;
    };
    try {
      const connections = { separate: await open(false), kept: await open(true) };
      const limit = { clock, now, timeoutMs, signal };
      const found = await this.#look(new Survey(this.#settings, limit, connections));
      return this.#report(found.findings, found.routes, now() - startedAtMs);
    } catch (error) {
      const finding = unknown(
        'health.unreachable',
        `the run broke off: ${shownError(error)}`,
        'Nothing more is known.',
      );
      return this.#report([finding], [], now() - startedAtMs);
    } finally {
      for (const connections of opened) connections.close();
    }
  }

  async #look(survey: Survey): Promise<{ findings: DeploymentFinding[]; routes: HealthRouteFact[] }> {
    const first = await survey.first();
    const { live, ready, stray } = first;
    const facts = (heard: readonly Heard[]) => heard.map(({ name, answer }) => this.#fact(name, answer));
    if ([live, ready, stray].every(({ answer }) => answer.kind !== 'answered')) {
      const findings = [...judgeSilence(first, this.#settings), judgeLatency(first, undefined, this.#settings)];
      return { findings: withoutGuess(findings, first), routes: facts([live, ready]) };
    }
    const second = await survey.second();
    const findings = [
      ...judgeProbes(first, this.#settings),
      ...judgeRequests(first, second),
      judgeLatency(first, second, this.#settings),
      ...judgeHeaders(first, survey.own),
      ...judgeLeaks(first, second, survey.own),
      ...judgeAuth(first, second, survey.own, this.#settings.token),
    ];
    return { findings, routes: facts([live, ready, ...second.details]) };
  }

  #fact(name: string, answer: Answer): HealthRouteFact {
    return {
      route: `${this.#settings.prefix}/${name}`,
      ...(answer.kind === 'answered' ? { statusCode: answer.status } : {}),
      latencyMs: answer.tookMs,
    };
  }

  #report(
    findings: readonly DeploymentFinding[],
    routes: readonly HealthRouteFact[],
    durationMs: number,
  ): HealthCheckReport {
    const { origin } = this.#settings.target;
    const count = (wanted: CheckStatus) => findings.filter(({ status }) => status === wanted).length;
    const [failing, warnings] = [count(CheckStatus.FAIL), count(CheckStatus.WARN)];
    const verdict =
      failing + warnings === 0
        ? `${String(findings.length)} findings in order`
        : `${String(failing)} failing, ${String(warnings)} to look at, of ${String(findings.length)} findings`;
    return {
      status: worstOf(findings.map(({ status }) => status)),
      message: shownText(`${this.name}: ${origin}: ${verdict}`),
      findings,
      routes,
      durationMs,
      metadata: { baseUrl: origin, routes, durationMs },
    };
  }
}

/** Where nobody answered at all, only what took its time says something of latency. */
function withoutGuess(findings: DeploymentFinding[], { live, ready }: FirstLook): DeploymentFinding[] {
  const isKnown = [live, ready].some(({ answer }) => answer.kind === 'timed out');
  return isKnown ? findings : findings.filter(({ id }) => id !== 'health.latency');
}
