import type { MetricSample } from '../../core/component.js';

/** What a protection has counted, as plain JSON without addresses. */
export interface DDoSStats {
  readonly name: string;
  readonly mode: 'enforce' | 'shadow';
  readonly threshold: number;
  readonly windowMs: number;
  /** Requests admitted and refused so far; in shadow mode, what would have been refused. */
  readonly admitted: number;
  readonly rejected: number;
  /** Blocks made so far, by the limit or by hand. */
  readonly blocks: number;
  /** Requests that had no usable address. */
  readonly unaddressed: number;
  /** Addresses that are counted now, … */
  readonly addresses: number;
  /** … and how many had to make room for others. */
  readonly evictedAddresses: number;
  /** Blocks that are held now; one that is over may be among them until somebody looks. */
  readonly blockedNow: number;
}

/**
 * @param pressure - how often it was told of pressure, by the reason.
 * @internal
 */
export function protectionMetrics(
  stats: Omit<DDoSStats, 'addresses' | 'evictedAddresses'> & Partial<DDoSStats>,
  pressure: Readonly<Record<string, number>>,
): MetricSample[] {
  const protection = stats.name;
  const { admitted, rejected } = stats;
  const requests = Object.entries({ admitted, rejected }).map(([outcome, value]): MetricSample => ({
    name: 'breakwater_ddos_requests_total',
    type: 'counter',
    help: 'Requests by what was decided.',
    value,
    labels: { protection, outcome },
  }));
  const pressed = Object.entries(pressure).map(([reason, value]): MetricSample => ({
    name: 'breakwater_ddos_pressure_total',
    type: 'counter',
    help: 'Windows in which the protection could not work as it should, by the reason.',
    value,
    labels: { protection, reason },
  }));
  const one = (name: string, type: 'counter' | 'gauge', help: string, value: number): MetricSample => ({
    name: `breakwater_ddos_${name}`,
    type,
    help,
    value,
    labels: { protection },
  });
  return [
    ...requests,
    ...pressed,
    one('blocks_total', 'counter', 'Blocks made.', stats.blocks),
    one('unaddressed_total', 'counter', 'Requests without a usable address.', stats.unaddressed),
    ...(stats.evictedAddresses === undefined
      ? []
      : [
          one(
            'evicted_addresses_total',
            'counter',
            'Addresses that had to make room for others.',
            stats.evictedAddresses,
          ),
        ]),
    ...(stats.addresses === undefined
      ? []
      : [one('addresses', 'gauge', 'Addresses that are counted.', stats.addresses)]),
    one('blocked', 'gauge', 'Blocks that are held.', stats.blockedNow),
  ];
}
