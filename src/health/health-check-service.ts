import { AWAITS_CALL, type Component, type ComponentEvent, type MetricSample } from '../core/component.js';
import { Emitter } from '../core/emitter.js';
import { InvalidArgumentError } from '../core/errors.js';
import { HealthStatus } from '../core/health-status.js';
import { describe } from '../core/options.js';
import { redactName, redactText } from '../core/redaction.js';
import { Reporter } from '../core/reporter.js';
import { steady } from '../core/steady.js';
import { overall } from './engine.js';
import { HEALTH_EVENTS, type HealthEvents, tellAsJson } from './events.js';
import { healthMetrics } from './metrics.js';
import { type Member, type Time, WatchedComponent } from './member.js';
import {
  type HealthCheck,
  type HealthCheckOptions,
  type HealthCheckServiceOptions,
  type HealthKind,
  parseCheckOptions,
  type ParsedServiceOptions,
  parseServiceOptions,
} from './options.js';
import { RegisteredCheck } from './registered-check.js';
import type { ComponentHealth, HealthReport, HealthSnapshot } from './report.js';

/**
 * Says how a service is doing: runs its checks when somebody asks, each at most once at a time and once a `ttlMs`,
 * and answers in time whatever they do.
 *
 * @example
 * const health = new HealthCheckService();
 * health.register('database', databaseCheck(() => pool.query('select 1')), { critical: true });
 * const { status, components } = await health.check();
 */
export class HealthCheckService implements Component<HealthSnapshot> {
  readonly kind = 'health-check-service';
  readonly name: string;
  readonly #options: ParsedServiceOptions;
  readonly #time: Time;
  readonly #reporter: Reporter;
  readonly #events: Emitter<HealthEvents>;
  readonly #members = new Map<string, Member>();

  /** @throws {@link InvalidOptionsError} naming every option that is unknown or out of range. */
  constructor(options?: HealthCheckServiceOptions) {
    this.#options = parseServiceOptions(options);
    this.name = this.#options.name;
    const { clock, onListenerError } = this.#options;
    this.#reporter = new Reporter(`HealthCheckService '${this.name}'`, clock, onListenerError);
    this.#events = new Emitter(this.#reporter, HEALTH_EVENTS);
    this.#time = { clock, now: steady(clock) };
  }

  /**
   * Adds a check. It runs when a report asks for it and its last result is older than `ttlMs`.
   *
   * @param name - 1 to 200 characters, none of them a control character; each name once. Shown with secrets masked.
   * @returns a function that takes the check out again and aborts its run; calling it twice does nothing.
   * @throws {@link InvalidArgumentError} when the name is impossible or in use, or `check` is not a function.
   * @throws {@link InvalidOptionsError} naming every option that is unknown or out of range.
   */
  register(name: string, check: HealthCheck, options?: HealthCheckOptions): () => void {
    const shown = this.#claim('register', name);
    if (typeof check !== 'function') {
      throw new InvalidArgumentError(`register: the check '${shown}' must be a function, got ${describe(check)}`);
    }
    const settings = parseCheckOptions(options, this.#options.defaults);
    const member: Member = new RegisteredCheck(shown, check, settings, this.#time, () => {
      this.#tell(member, member.show(member.results));
    });
    return this.#add(member);
  }

  /**
   * Shows a component, such as a circuit breaker, as `kind:name` in `check()`, `summary()` and `snapshot()`, by what its
   * `health()` says. It is never critical and no part of liveness, readiness and startup: that a circuit is open is no
   * reason to take the process out of traffic.
   *
   * @returns a function that takes it out again; calling it twice does nothing.
   * @throws {@link InvalidArgumentError} when it is no component, or one of that kind and name is watched already.
   */
  watch(component: Component): () => void {
    const { kind, name } = asComponent(component);
    if (component === this) throw new InvalidArgumentError('watch: a health check service cannot watch itself');
    const label = this.#claim('watch', `${kind}:${name}`);
    if (typeof component.health !== 'function') {
      this.#reporter.warn('BREAKWATER_W_NO_HEALTH', `'${label}' has no health() and will not appear in any report`);
      return () => undefined;
    }
    return this.#add(new WatchedComponent(label, component, this.#time));
  }

  /** Every check and every watched component. Never rejects, and answers within `reportTimeoutMs`. */
  check(): Promise<HealthReport> {
    return this.#report([...this.#members.values()]);
  }

  /** Like {@link HealthCheckService.check}, without messages and details. */
  async summary(): Promise<HealthReport> {
    const { status, components } = await this.check();
    return { status, components: components.map(({ message: _, details: __, ...rest }) => rest) };
  }

  /**
   * Whether the process itself is sound: only checks registered with the kind `liveness`, so without any it is
   * `HEALTHY` at once, whatever its dependencies do.
   */
  liveness(): Promise<HealthReport> {
    return this.#report(this.#ofKind('liveness'));
  }

  /** Whether the process can serve: the checks of the kind `readiness`. */
  readiness(): Promise<HealthReport> {
    if (this.#members.size === 0) {
      this.#reporter.warn(
        'BREAKWATER_W_NO_CHECKS',
        'readiness was asked for, but no check is registered: always HEALTHY',
      );
    }
    return this.#report(this.#ofKind('readiness'));
  }

  /** Whether the process has started: the checks of the kind `startup`. */
  startup(): Promise<HealthReport> {
    return this.#report(this.#ofKind('startup'));
  }

  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof HealthEvents>(type: K, listener: (event: HealthEvents[K]) => void): () => void {
    return this.#events.on(type, listener);
  }

  /** Hears of status changes, as plain JSON, for loggers and status pages. */
  subscribe(listener: (event: ComponentEvent) => void): () => void {
    return tellAsJson(this.#events, listener);
  }

  /** What is known now, as plain JSON; runs no check. */
  snapshot(): HealthSnapshot {
    const components = [...this.#members.values()].map((member) => member.show(member.results));
    return { version: 1, name: this.name, status: overall(components), components };
  }

  /** What is known now, for a scrape; runs no check. */
  metrics(): Iterable<MetricSample> {
    return healthMetrics(this.snapshot());
  }

  /** The status that is known now, and the components behind it when it is not `HEALTHY`; runs no check. */
  health(): { readonly status: HealthStatus; readonly message?: string } {
    const { status, components } = this.snapshot();
    if (status === HealthStatus.HEALTHY) return { status };
    const ailing = components.filter((component) => component.status !== HealthStatus.HEALTHY);
    return { status, message: redactText(ailing.map(({ name, status: is }) => `${name} is ${is}`).join(', '), 200) };
  }

  /** @internal */
  [AWAITS_CALL](): boolean {
    const ailing = [...this.#members.values()].filter(
      (member) => member.show(member.results).status !== HealthStatus.HEALTHY,
    );
    return ailing.length > 0 && ailing.every((member) => member.awaitsCall);
  }

  #ofKind(kind: HealthKind): Member[] {
    return [...this.#members.values()].filter(({ kinds }) => kinds.includes(kind));
  }

  /** The name as it is shown: what names a check may be the address that it checks. */
  #claim(method: string, name: string): string {
    if (typeof name !== 'string' || name.length === 0 || name.length > 200 || CONTROL_CHARACTER.test(name)) {
      throw new InvalidArgumentError(
        `${method}: the name must be text of 1 to 200 characters without control characters, got ${describe(name)}`,
      );
    }
    const shown = redactName(name);
    if (this.#members.has(shown)) {
      throw new InvalidArgumentError(
        `${method}: '${shown}' is in use; choose another name, or take that one out first`,
      );
    }
    return shown;
  }

  #add(member: Member): () => void {
    this.#members.set(member.name, member);
    return () => {
      if (this.#members.get(member.name) !== member) return;
      this.#members.delete(member.name);
      member.stop();
    };
  }

  #report(members: readonly Member[]): Promise<HealthReport> {
    const { reportTimeoutMs } = this.#options;
    const { clock, now } = this.#time;
    const askedAtMs = now();
    const asked = members.map((member) => ({ member, resultsBefore: member.results }));
    const waits = members.map((member) => member.refresh()).filter((wait) => wait !== undefined);
    if (waits.length === 0) return Promise.resolve(this.#compose(asked));
    return new Promise((resolve) => {
      let unsettled = waits.length;
      let answered = false;
      // At the deadline the checks go on without this report; what they find is for the next one.
      const answer = (): void => {
        if (!answered) resolve(this.#compose(asked));
        answered = true;
      };
      const cancelTimer = clock.schedule(answer, reportTimeoutMs - (now() - askedAtMs), { hold: true });
      const settled = (): void => {
        if (--unsettled > 0) return;
        cancelTimer();
        answer();
      };
      for (const wait of waits) void wait.then(settled);
    });
  }

  #compose(asked: readonly { readonly member: Member; readonly resultsBefore: number }[]): HealthReport {
    const shown = asked
      .filter(({ member }) => this.#members.get(member.name) === member)
      .map(({ member, resultsBefore }) => ({ member, health: member.show(resultsBefore) }));
    const components = shown.map(({ health }) => health);
    for (const { member, health } of shown) this.#tell(member, health);
    return { status: overall(components), components };
  }

  #tell(member: Member, { name, status, critical, message }: ComponentHealth): void {
    const from = member.told;
    if (!member.known || from === status) return;
    member.told = status;
    if (from === undefined && status === HealthStatus.HEALTHY) return;
    this.#events.emit('statusChange', {
      service: this.name,
      component: name,
      ...(from === undefined ? {} : { from }),
      to: status,
      critical,
      ...(message === undefined ? {} : { message }),
    });
  }
}

/** Also the separators that would break a line in a log or a scrape. */
const CONTROL_CHARACTER = /[\p{Cc}\u2028\u2029]/u;

function asComponent(value: unknown): { readonly kind: string; readonly name: string } {
  const { kind, name } = (value ?? {}) as { readonly kind?: unknown; readonly name?: unknown };
  if (typeof kind !== 'string' || typeof name !== 'string') {
    throw new InvalidArgumentError(`watch: expected a component with kind and name, got ${describe(value)}`);
  }
  return { kind, name };
}
