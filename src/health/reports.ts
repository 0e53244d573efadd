import { overall } from './engine.js';
import type { Member, Time } from './member.js';
import type { ComponentHealth, HealthReport } from './report.js';

/** How a service's reports come about. @internal */
export interface Reporting {
  readonly time: Time;
  /** Longest wait for a report. */
  readonly reportTimeoutMs: number;
  /** Whether a member is still to be shown when the report is made. */
  readonly shows: (member: Member) => boolean;
  /** Told of each line of a report. */
  readonly tell: (member: Member, health: ComponentHealth) => void;
}

/** A report of these members, when each has a result that is not too old, or the time is over. @internal */
export function fresh(members: readonly Member[], reporting: Reporting): Promise<HealthReport> {
  const { time, reportTimeoutMs } = reporting;
  const askedAtMs = time.now();
  const before = members.map(({ results }) => results);
  const waits: Promise<void>[] = [];
  for (const member of members) {
    const wait = member.refresh();
    if (wait !== undefined) waits.push(wait);
  }
  if (waits.length === 0) return Promise.resolve(known(members, reporting, before));
  return new Promise((resolve) => {
    let unsettled = waits.length;
    let answered = false;
    // At the deadline the checks go on without this report; what they find is for the next one.
    const answer = (): void => {
      if (!answered) resolve(known(members, reporting, before));
      answered = true;
    };
    const cancelTimer = time.clock.schedule(answer, reportTimeoutMs - (time.now() - askedAtMs), { hold: true });
    const settled = (): void => {
      if (--unsettled > 0) return;
      cancelTimer();
      answer();
    };
    for (const wait of waits) void wait.then(settled);
  });
}

/**
 * A report of what is known now.
 *
 * @param before - how many results each had when the report was asked for; left out, all were there before.
 * @internal
 */
export function known(members: readonly Member[], reporting: Reporting, before?: readonly number[]): HealthReport {
  const components: ComponentHealth[] = [];
  // Told when all are shown: a listener may take one out.
  let news: Member[] | undefined;
  for (let i = 0; i < members.length; i++) {
    const member = members[i] as Member;
    if (!reporting.shows(member)) continue;
    const health = member.show(before?.[i] ?? member.results);
    components.push(health);
    if (member.told !== health.status) (news ??= []).push(member);
  }
  for (const member of news ?? []) {
    const health = components.find(({ name }) => name === member.name);
    if (health !== undefined) reporting.tell(member, health);
  }
  return { status: overall(components), components };
}
