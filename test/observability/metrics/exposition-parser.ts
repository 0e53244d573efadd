/** A strict reader of both text formats, written from their descriptions: what it does not know is an error. */

export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** As it is written. */
  readonly time: string | undefined;
  readonly exemplar: { readonly labels: Readonly<Record<string, string>>; readonly value: number } | undefined;
}

export interface ParsedFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: ParsedSample[];
}

const NUMBER = /^(?:-?\d+(?:\.\d+)?(?:e[+-]\d+)?|[+-]Inf|NaN)$/;

const suffixes = (type: string, openMetrics: boolean): readonly string[] => {
  switch (type) {
    case 'counter':
      return openMetrics ? ['_total'] : [''];
    case 'histogram':
      return ['_bucket', '_sum', '_count'];
    case 'summary':
      return ['', '_sum', '_count'];
    case 'info':
      return ['_info'];
    default:
      return [''];
  }
};

export function parseExposition(text: string, format: 'prometheus' | 'openmetrics'): Map<string, ParsedFamily> {
  const openMetrics = format === 'openmetrics';
  if (!text.endsWith('\n')) throw new Error('does not end with a line feed');
  const lines = text.slice(0, -1).split('\n');
  if (openMetrics && lines.pop() !== '# EOF') throw new Error('does not end with # EOF');
  const families = new Map<string, ParsedFamily>();
  const seen = new Set<string>();
  let family: ParsedFamily | undefined;
  let help: { name: string; text: string } | undefined;
  for (const line of lines) {
    const meta = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) ([^\n]*)$/.exec(line);
    if (meta !== null) {
      const [, word, name = '', rest = ''] = meta;
      if (word === 'HELP') {
        const allowed = openMetrics ? /^(?:[^\\"]|\\[\\n"])*$/ : /^(?:[^\\]|\\[\\n])*$/;
        if (help !== undefined || !allowed.test(rest)) throw new Error(`bad help: ${line}`);
        help = { name, text: unescape(rest) };
        continue;
      }
      if (help?.name !== name || families.has(name)) throw new Error(`bad type: ${line}`);
      if (!/^(?:counter|gauge|histogram|summary|untyped|unknown|info|stateset)$/.test(rest)) throw new Error(line);
      family = { name, help: help.text, type: rest, samples: [] };
      families.set(name, family);
      help = undefined;
      continue;
    }
    if (family === undefined || help !== undefined) throw new Error(`a value without its family: ${line}`);
    const sample = parseSample(line, openMetrics);
    const { name } = family;
    if (!suffixes(family.type, openMetrics).some((suffix) => sample.name === name + suffix)) throw new Error(line);
    const key = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).sort())}`;
    if (seen.has(key)) throw new Error(`twice: ${line}`);
    seen.add(key);
    family.samples.push(sample);
  }
  if (help !== undefined) throw new Error('help without type');
  for (const each of families.values()) {
    if (each.type === 'histogram') checkHistogram(each.samples, openMetrics);
    if (each.type === 'summary') for (const sample of each.samples) checkSummary(sample, each.name);
    if (openMetrics) checkOpenMetrics(each);
  }
  if (openMetrics) checkNames([...families.values()]);
  return families;
}

/** No family may have a name that another has, or needs. */
function checkNames(families: readonly ParsedFamily[]): void {
  const taken = families.flatMap(({ name, type }) => {
    const parts = new Set(['', ...suffixes(type, true)]);
    if (/^(?:counter|histogram|summary)$/.test(type)) parts.add('_created');
    return [...parts].map((part) => name + part);
  });
  const twice = taken.find((name, i) => taken.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`clashing names: ${twice}`);
}

/** What only OpenMetrics asks for. */
function checkOpenMetrics({ name, type, samples }: ParsedFamily): void {
  const groups: string[] = [];
  const times = new Map<string, string>();
  for (const sample of samples) {
    const suffix = sample.name.slice(name.length);
    const no = (what: string): Error => new Error(`${what}: ${sample.name} ${JSON.stringify(sample)}`);
    if (/^_(?:total|bucket|count|sum)$/.test(suffix) && !(sample.value >= 0)) throw no('must be 0 or more');
    if (/^_(?:bucket|count)$/.test(suffix) && !Number.isInteger(sample.value)) throw no('must be whole');
    if (type === 'summary' && sample.value < 0) throw no('must not be negative');
    if (type === 'info' && sample.value !== 1) throw no('must be 1');
    if (type === 'stateset' && (!(name in sample.labels) || ![0, 1].includes(sample.value))) throw no('is no state');
    for (const label of ['le', 'quantile']) {
      const bound = sample.labels[label];
      if (bound !== undefined && !/^(?:-?\d+(?:\.\d+|(?:\.\d+)?e[+-]\d\d+)|\+Inf)$/.test(bound))
        throw no('is not canonical');
    }
    const tag = { histogram: 'le', summary: 'quantile', stateset: name }[type];
    const group = JSON.stringify(
      Object.entries(sample.labels)
        .filter(([label]) => label !== tag)
        .sort(),
    );
    if (groups.includes(group) && groups.at(-1) !== group) throw no('is apart from its series');
    if (groups.at(-1) !== group) groups.push(group);
    const time = String(sample.time);
    if ((times.get(group) ?? time) !== time) throw no('is of another time than its series');
    times.set(group, time);
  }
}

function checkSummary({ name, labels }: ParsedSample, family: string): void {
  const quantile = Number(labels.quantile);
  if (name === family && !(quantile >= 0 && quantile <= 1)) throw new Error(`no quantile: ${JSON.stringify(labels)}`);
}

function parseSample(line: string, openMetrics: boolean): ParsedSample {
  const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0] ?? '';
  let rest = line.slice(name.length);
  let labels: Record<string, string> = {};
  if (rest.startsWith('{')) [labels, rest] = parseLabels(rest);
  const [value = '', example, ...more] = rest.split(' # ');
  if (name === '' || more.length > 0 || !value.startsWith(' ')) throw new Error(`no sample: ${line}`);
  const [number = '', time, ...rests] = value.slice(1).split(' ');
  if (!NUMBER.test(number) || rests.length > 0) throw new Error(`no number: ${line}`);
  if (time !== undefined && !(openMetrics ? /^\d+(\.\d+)?$/ : /^\d{1,18}$/).test(time))
    throw new Error(`no time: ${line}`);
  if (example === undefined) return { name, labels, value: toNumber(number), time, exemplar: undefined };
  if (!openMetrics) throw new Error(`an exemplar: ${line}`);
  const [its, end] = parseLabels(example);
  const found = /^ (\S+) (\d+(?:\.\d+)?)$/.exec(end);
  if (found === null || !NUMBER.test(found[1] ?? '')) throw new Error(`bad exemplar: ${line}`);
  if (Object.entries(its).join('').length - Object.keys(its).length > 128) throw new Error(`long exemplar: ${line}`);
  return { name, labels, value: toNumber(number), time, exemplar: { labels: its, value: toNumber(found[1] ?? '') } };
}

function parseLabels(text: string): [Record<string, string>, string] {
  const labels: Record<string, string> = {};
  let at = 1;
  for (;;) {
    const found = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\[\\"n])*)"([,}])/.exec(text.slice(at));
    if (found === null) throw new Error(`bad labels: ${text}`);
    const [all, name = '', value = '', next] = found;
    if (name in labels) throw new Error(`a label twice: ${text}`);
    labels[name] = unescape(value);
    at += all.length;
    if (next === '}') return [labels, text.slice(at)];
  }
}

function checkHistogram(samples: readonly ParsedSample[], openMetrics: boolean): void {
  const series = new Map<string, ParsedSample[]>();
  for (const sample of samples) {
    const { le: _, ...labels } = sample.labels;
    const key = JSON.stringify(Object.entries(labels).sort());
    series.set(key, [...(series.get(key) ?? []), sample]);
  }
  for (const [key, its] of series) {
    const buckets = its.filter(({ name }) => name.endsWith('_bucket'));
    const bounds = buckets.map(({ labels }) => toNumber(labels.le ?? ''));
    const counts = buckets.map(({ value }) => value);
    const rising = (all: readonly number[]): boolean => all.every((one, i) => i === 0 || one > (all[i - 1] as number));
    const growing = counts.every((one, i) => i === 0 || one >= (counts[i - 1] as number));
    const part = (suffix: string): number[] => its.flatMap(({ name, value }) => (name.endsWith(suffix) ? [value] : []));
    const [count, sum] = [part('_count'), part('_sum')];
    if (bounds.at(-1) !== Infinity || !rising(bounds) || !growing || counts.at(-1) !== (count[0] ?? counts.at(-1)))
      throw new Error(`a histogram that does not add up: ${key}`);
    // OpenMetrics knows no negative sum, no sum beside a negative bound, and no count without a sum.
    const wanted = openMetrics && (count.length === 0 || (bounds[0] ?? 0) < 0) ? 0 : 1;
    if (sum.length !== wanted || count.length !== wanted) throw new Error(`sum or count too many or too few: ${key}`);
  }
}

function unescape(text: string): string {
  return text.replace(/\\([\\"n])/g, (_, character: string) => (character === 'n' ? '\n' : character));
}

function toNumber(text: string): number {
  if (text === '+Inf') return Infinity;
  return text === '-Inf' ? -Infinity : Number(text);
}
