import type { Clock } from '../core/clock.js';
import type { Emitter } from '../core/emitter.js';
import { HealthStatus } from '../core/health-status.js';
import { overall } from './engine.js';
import type { HealthEvents } from './events.js';
import { ChangeLog } from './history.js';
import type { Member } from './member.js';
import type { ComponentHealth } from './report.js';
import type { Roster } from './roster.js';

/** Tells of changes, each once, and remembers the last of them. @internal */
export class Teller {
  readonly changes = new ChangeLog();
  readonly #service: string;
  readonly #clock: Clock;
  readonly #roster: Roster;
  readonly #events: Emitter<HealthEvents>;
  /** Of the service as a whole, as far as anything was found out. */
  #whole: HealthStatus | undefined;
  #stopped = false;

  constructor(service: string, clock: Clock, roster: Roster, events: Emitter<HealthEvents>) {
    this.#service = service;
    this.#clock = clock;
    this.#roster = roster;
    this.#events = events;
  }

  /** Says how a member is now; nothing comes of it when listeners know that. */
  tell(member: Member, { name, status, critical, message }: ComponentHealth): void {
    const from = member.told;
    if (this.#stopped || !member.known || from === status) return;
    member.told = status;
    const change = {
      ...(from === undefined ? {} : { from }),
      to: status,
      ...(message === undefined ? {} : { message }),
    };
    const isNews = from !== undefined || status !== HealthStatus.HEALTHY;
    if (isNews) this.changes.add({ at: this.#clock.wallNow(), component: name, ...change });
    this.weigh();
    if (isNews) this.#events.emit('statusChange', { service: this.#service, component: name, critical, ...change });
  }

  /** Whether there is nothing more to tell. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Notes whether the whole is another than it was. */
  weigh(): void {
    const members = this.#roster.list('all');
    const told: { readonly status: HealthStatus; readonly critical: boolean }[] = [];
    for (const { told: status, critical } of members) if (status !== undefined) told.push({ status, critical });
    const from = this.#whole;
    const to = overall(told);
    if (this.#stopped || from === to) return;
    // What is not known yet may be anything.
    if (to === HealthStatus.HEALTHY && members.some(({ known }) => !known)) return;
    this.#whole = to;
    if (from === undefined && to === HealthStatus.HEALTHY) return;
    this.changes.add({ at: this.#clock.wallNow(), ...(from === undefined ? {} : { from }), to });
  }

  stop(): void {
    this.#stopped = true;
  }
}
