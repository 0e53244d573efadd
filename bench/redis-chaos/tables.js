import { PATIENCE_MS, SCARCE } from './settings.js';

/** One table each: what it is called, and what stands in its cells. */
const TABLES = [
  [
    'answered in time, longest in ms; hung, errors to the caller',
    ({ inTime, longestMs, hung, failed }) =>
      `${percent(inTime)}, ${ms(longestMs)}${hung > 0 ? `; ${number(hung)} hung` : ''}${failed > 0 ? `; ${number(failed)} errors` : ''}`,
  ],
  [
    'decisions asked while it lasts, made without Redis in all',
    ({ during, degraded }) => `${number(during)}, ${number(degraded)}`,
  ],
  [
    `admitted while it lasts by two limiters that share ${String(SCARCE)}, of so many that asked`,
    ({ admitted, scarceAsked }) => `${number(admitted)} of ${number(scarceAsked)}`,
  ],
  [
    'ms after it until all decisions are of Redis again, and until a bare client is answered',
    ({ backMs, clientMs }) => `${backMs > PATIENCE_MS - 200 ? 'not in 5 s' : ms(backMs)}, ${ms(clientMs)}`,
  ],
  [
    'counted though decided without Redis; counted twice',
    ({ afterwards, twice }) => `${number(afterwards)}; ${number(twice)}`,
  ],
];

/** @param results - for each contender its title, and its figures by fault. */
export function tables(results, faults) {
  return TABLES.map(([title, cell]) => {
    const rows = results.map((one) => [one.title, ...faults.map((fault) => cellOf(one.figures.get(fault), cell))]);
    return aligned([[title, ...faults], ...rows]);
  }).join('\n\n');
}

function cellOf(figures, cell) {
  return figures === undefined ? 'no result' : cell(figures);
}

function aligned([head, ...rows]) {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i].length)));
  const line = (row) => `| ${row.map((text, i) => text.padEnd(widths[i])).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** Cut off, so that nothing but all is 100. */
function percent(ratio) {
  return ratio === 1 ? '100 %' : `${(Math.floor(ratio * 1_000) / 10).toFixed(1)} %`;
}

function ms(value) {
  return number(Math.round(value));
}

function number(value) {
  return value.toLocaleString('en');
}
