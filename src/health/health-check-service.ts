import { AWAITS_CALL, type Component, type ComponentEvent, type MetricSample } from '../core/component.js';
import { Emitter } from '../core/emitter.js';
import { InvalidArgumentError } from '../core/errors.js';
import { HealthStatus } from '../core/health-status.js';
import { describe } from '../core/options.js';
import { redactText } from '../core/redaction.js';
import { Reporter } from '../core/reporter.js';
import { steady } from '../core/steady.js';
import { overall } from './engine.js';
import { HEALTH_EVENTS, type HealthEvents, tellAsJson } from './events.js';
import { shownText } from './finding.js';
import { Gate, type HealthGate } from './gate.js';
import type { HealthHistory } from './history.js';
import { healthMetrics } from './metrics.js';
import { type Member, type Time, WatchedComponent } from './member.js';
import {
  type HealthCheck,
  type HealthCheckOptions,
  type HealthCheckServiceOptions,
  type MaintenanceOptions,
  parseCheckOptions,
  parseMaintenanceOptions,
  type ParsedServiceOptions,
  parseServiceOptions,
} from './options.js';
import { Reasons } from './reasons.js';
import { RegisteredCheck } from './registered-check.js';
import type { HealthReport, HealthSnapshot } from './report.js';
import { fresh, known, type Reporting } from './reports.js';
import { MAINTENANCE, Roster } from './roster.js';
import { Teller } from './teller.js';

/**
 * Says how a service is doing: runs its checks when somebody asks, each at most once at a time and once a `ttlMs`, or in
 * the background every `intervalMs`, and answers in time whatever they do.
 *
 * @example
 * const health = new HealthCheckService();
 * health.register('database', databaseCheck(() => pool.query('select 1')), { critical: true });
 * const { status, components } = await health.check();
 */
export class HealthCheckService implements Component<HealthSnapshot>, Disposable {
  readonly kind = 'health-check-service';
  readonly name: string;
  readonly #options: ParsedServiceOptions;
  readonly #reporter: Reporter;
  readonly #events: Emitter<HealthEvents>;
  readonly #time: Time;
  readonly #roster: Roster;
  readonly #teller: Teller;
  readonly #reporting: Reporting;
  readonly #maintenance = new Reasons(() => {
    this.#teller.tell(this.#closure, this.#closure.show());
  });
  readonly #closure: Gate;

  /** @throws {@link InvalidOptionsError} naming every option that is unknown or out of range. */
  constructor(options?: HealthCheckServiceOptions) {
    this.#options = parseServiceOptions(options);
    this.name = this.#options.name;
    const { clock, onListenerError, reportTimeoutMs } = this.#options;
    this.#reporter = new Reporter(`HealthCheckService '${this.name}'`, clock, onListenerError);
    this.#events = new Emitter(this.#reporter, HEALTH_EVENTS);
    const time: Time = { clock, now: steady(clock) };
    const roster = new Roster(time);
    const teller = new Teller(this.name, clock, roster, this.#events);
    this.#time = time;
    this.#roster = roster;
    this.#teller = teller;
    this.#reporting = {
      time,
      reportTimeoutMs,
      shows: (member) => roster.shows(member),
      tell: (member, health) => {
        teller.tell(member, health);
      },
    };
    this.#closure = new Gate(MAINTENANCE, () => closedBecause(this.#maintenance.latest), time, true);
    // There from the beginning: reports that wait when maintenance begins must show it.
    roster.add(this.#closure);
  }

  /**
   * Adds a check. It runs when a report asks for it and its last result is older than `ttlMs`; with `intervalMs` in the
   * background instead, first as soon as the code that registers it is done.
   *
   * @param name - 1 to 200 characters, none of them a control character; each name once. Shown with secrets masked.
   * @returns a function that takes the check out again and aborts its run; calling it twice does nothing.
   * @throws {@link InvalidArgumentError} when the name is impossible or in use, or `check` is not a function.
   * @throws {@link InvalidOptionsError} naming every option that is unknown or out of range.
   */
  register(name: string, check: HealthCheck, options?: HealthCheckOptions): () => void {
    const shown = this.#roster.claim('register', name);
    if (typeof check !== 'function') {
      throw new InvalidArgumentError(`register: the check '${shown}' must be a function, got ${describe(check)}`);
    }
    const settings = parseCheckOptions(options, this.#options.defaults);
    const member: Member = new RegisteredCheck(shown, check, settings, this.#time, this.#options.historySize, () => {
      this.#teller.tell(member, member.show(member.results));
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
    const label = this.#roster.claim('watch', `${kind}:${name}`);
    if (typeof component.health !== 'function') {
      this.#reporter.warn('BREAKWATER_W_NO_HEALTH', `'${label}' has no health() and will not appear in any report`);
      return () => undefined;
    }
    return this.#add(new WatchedComponent(label, component, this.#time));
  }

  /**
   * Adds a condition of readiness that is no check, such as that the process is not stopping. It is critical, and asked
   * at each report; as long as it answers `UNHEALTHY`, `readiness()` says so at once and runs no check. What it throws, or
   * answers by mistake, is `UNHEALTHY` too. Liveness and startup do not ask it.
   *
   * @param condition - answers at once: nothing when the condition is met, else `{ status, message? }`.
   * @returns a function that takes it out again; calling it twice does nothing.
   * @throws {@link InvalidArgumentError} when the name is impossible or in use, or `condition` is not a function.
   */
  gate(name: string, condition: HealthGate): () => void {
    const shown = this.#roster.claim('gate', name);
    if (typeof condition !== 'function') {
      throw new InvalidArgumentError(`gate: the condition '${shown}' must be a function, got ${describe(condition)}`);
    }
    return this.#add(new Gate(shown, condition, this.#time));
  }

  /**
   * Takes the service out of traffic: until the returned handle, and every other one, is disposed, readiness is
   * `UNHEALTHY` by a component named `maintenance`, whatever the checks say. Liveness and startup stay as they are.
   *
   * With `check` it is that check alone: it is not run and shown as `DEGRADED`, so that a planned downtime neither takes
   * the service out of traffic nor looks healthy. What was found before is forgotten when maintenance ends.
   *
   * @param reason - shown in reports; redacted, at most 200 characters.
   * @throws {@link InvalidArgumentError} when `reason` is no text, or there is no such check.
   * @throws {@link InvalidOptionsError} naming every option that is unknown or wrong.
   */
  maintain(reason: string, options?: MaintenanceOptions): Disposable {
    if (typeof reason !== 'string' || reason === '') {
      throw new InvalidArgumentError(`maintain: the reason must be text, got ${describe(reason)}`);
    }
    const check = parseMaintenanceOptions(options);
    const because = shownText(reason);
    if (check === undefined) return this.#maintenance.hold(because);
    const member = this.#roster.find('maintain', check);
    if (!(member instanceof RegisteredCheck)) {
      throw new InvalidArgumentError(`maintain: '${member.name}' is no check, so there is nothing to leave out`);
    }
    return member.maintenance.hold(because);
  }

  /**
   * Names some of the members, for {@link HealthCheckService.group}.
   *
   * @param members - names as in the reports; each must be registered, watched or a gate by now.
   * @returns a function that takes the group back, not its members; calling it twice does nothing.
   * @throws {@link InvalidArgumentError} when the group's name is impossible or in use, or a member is not there.
   */
  defineGroup(name: string, members: readonly string[]): () => void {
    return this.#roster.defineGroup(name, members);
  }

  /** Every check, gate and watched component. Never rejects, and answers within `reportTimeoutMs`. */
  check(): Promise<HealthReport> {
    return fresh(this.#roster.list('all'), this.#reporting);
  }

  /** Like {@link HealthCheckService.check}, without messages and details. */
  async summary(): Promise<HealthReport> {
    const { status, components } = await this.check();
    return { status, components: components.map(({ message: _, details: __, ...rest }) => rest) };
  }

  /**
   * The members of a group. One that was taken out meanwhile is shown as `DEGRADED`.
   *
   * @throws {@link InvalidArgumentError}, as a rejection, when there is no such group.
   */
  async group(name: string): Promise<HealthReport> {
    return fresh(this.#roster.group(name), this.#reporting);
  }

  /**
   * Whether the process itself is sound: only checks registered with the kind `liveness`, so without any it is
   * `HEALTHY` at once, whatever its dependencies do.
   */
  liveness(): Promise<HealthReport> {
    return fresh(this.#roster.list('liveness'), this.#reporting);
  }

  /** Whether the process can serve: the checks of the kind `readiness`, and the gates. */
  readiness(): Promise<HealthReport> {
    if (!this.#roster.hasChecks) {
      this.#reporter.warn(
        'BREAKWATER_W_NO_CHECKS',
        'readiness was asked for, but no check is registered: always HEALTHY',
      );
    }
    const members = this.#roster.list('readiness');
    if (this.#roster.closed) return Promise.resolve(known(members, this.#reporting));
    return fresh(members, this.#reporting);
  }

  /** Whether the process has started: the checks of the kind `startup`. */
  startup(): Promise<HealthReport> {
    return fresh(this.#roster.list('startup'), this.#reporting);
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
    const components = this.#roster.shown().map((member) => member.show(member.results));
    return { version: 1, name: this.name, status: overall(components), components };
  }

  /** What happened lately, as plain JSON: changes of status, and the last results of each check. Runs no check. */
  history(): HealthHistory {
    const checks = this.#roster.list('all').filter((member) => member instanceof RegisteredCheck);
    return {
      version: 1,
      name: this.name,
      changes: this.#teller.changes.list(),
      checks: checks.map(({ name, past }) => ({ name, results: past.list() })),
    };
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

  /**
   * Ends all sampling, aborts every run and tells of nothing more: for good, and without a timer left. Reports go on to
   * answer, with what is known, which grows old.
   */
  stop(): void {
    this.#teller.stop();
    for (const member of this.#roster.list('all')) member.stop();
  }

  /** The same as {@link HealthCheckService.stop}. */
  [Symbol.dispose](): void {
    this.stop();
  }

  /** @internal */
  [AWAITS_CALL](): boolean {
    const ailing = this.#roster.shown().filter((member) => member.show(member.results).status !== HealthStatus.HEALTHY);
    return ailing.length > 0 && ailing.every((member) => member.awaitsCall);
  }

  #add(member: Member): () => void {
    this.#roster.add(member);
    if (this.#teller.stopped) member.stop();
    return () => {
      if (!this.#roster.remove(member)) return;
      member.stop();
      this.#teller.weigh();
    };
  }
}

function closedBecause(reason: string | undefined): ReturnType<HealthGate> {
  return reason === undefined ? undefined : { status: HealthStatus.UNHEALTHY, message: reason };
}

function asComponent(value: unknown): { readonly kind: string; readonly name: string } {
  const { kind, name } = (value ?? {}) as { readonly kind?: unknown; readonly name?: unknown };
  if (typeof kind !== 'string' || typeof name !== 'string') {
    throw new InvalidArgumentError(`watch: expected a component with kind and name, got ${describe(value)}`);
  }
  return { kind, name };
}
