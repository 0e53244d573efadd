import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../examples/demo/database.js';

/** Whether Prometheus and promtool are on this machine. With `CI=true` it is an error that they are not. */
export function hasPrometheus(): boolean {
  const missing = ['prometheus', 'promtool'].filter((tool) => spawnSync(tool, ['--version']).status !== 0);
  if (missing.length === 0) return true;
  const text = `no ${missing.join(' and no ')} on this machine; bash scripts/services.sh installs both`;
  if (process.env['CI'] === 'true') throw new Error(text);
  process.stderr.write(`skipped: ${text}\n`);
  return false;
}

/** Runs promtool; what it said, and how it ended. */
export function promtool(
  args: readonly string[],
  input?: string,
): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8', input });
  return { status, said: `${stdout}${stderr}`.trim() };
}

/**
 * What promtool says when an expression is tested.
 *
 * @param series - what there is at the beginning, each as `{ series: ..., values: ... }`.
 * @param samples - what the expression must give then, by its labels.
 */
export function testExpression(
  expr: string,
  series: readonly string[],
  samples: Readonly<Record<string, number>>,
): ReturnType<typeof promtool> {
  const dir = mkdtempSync(join(tmpdir(), 'breakwater-promtool-'));
  try {
    const file = join(dir, 'expression.test.yml');
    const expected = Object.entries(samples).map(
      ([labels, value]) => `{ labels: '${labels}', value: ${String(value)} }`,
    );
    const test = `{ expr: ${JSON.stringify(expr)}, eval_time: 0m, exp_samples: [${expected.join(', ')}] }`;
    writeFileSync(
      file,
      `tests: [{ interval: 1m, input_series: [${series.join(', ')}], promql_expr_test: [${test}] }]\n`,
    );
    return promtool(['test', 'rules', file]);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Asks again and again until there is an answer, but not for ever. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>, withinMs = 45_000): Promise<T> {
  const untilMs = Date.now() + withinMs;
  for (;;) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
    if (Date.now() > untilMs) throw new Error(`${what}: not within ${String(withinMs)} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** One answer of a query. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** A rule as Prometheus shows it. */
export interface RuleState {
  readonly name: string;
  readonly type: 'alerting' | 'recording';
  readonly health: string;
  readonly lastError?: string;
  readonly alerts?: readonly { readonly state: string; readonly labels: Readonly<Record<string, string>> }[];
}

/** A Prometheus of its own: on loopback, in a folder of its own, gone at the end. */
export class Prometheus {
  readonly #dir = mkdtempSync(join(tmpdir(), 'breakwater-prometheus-'));
  #port = 0;
  #process: ChildProcess | undefined;
  #said = '';

  /** @param config - what stands in its configuration. */
  async start(config: string): Promise<void> {
    this.#port = await freePort();
    const file = join(this.#dir, 'prometheus.yml');
    writeFileSync(file, config);
    const args = [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(this.#dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${String(this.#port)}`,
      '--log.level=warn',
    ];
    const child = spawn('prometheus', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process = child;
    child.stderr.on('data', (text: Buffer) => (this.#said += text.toString()));
    await eventually(`Prometheus is ready: ${this.#said}`, async () => {
      if (child.exitCode !== null) throw new Error(this.#said);
      return (await fetch(`${this.#url}/-/ready`)).ok ? true : undefined;
    });
  }

  get #url(): string {
    return `http://127.0.0.1:${String(this.#port)}`;
  }

  /** What an expression is now. @throws with what Prometheus says against it. */
  async query(expr: string): Promise<readonly Series[]> {
    const body = new URLSearchParams({ query: expr });
    const answer = await fetch(`${this.#url}/api/v1/query`, { method: 'POST', body });
    const { status, error, data } = (await answer.json()) as {
      readonly status: string;
      readonly error?: string;
      readonly data: { readonly resultType: string; readonly result: readonly Series[] };
    };
    if (status !== 'success') throw new Error(`${expr}: ${error ?? status}`);
    return data.result;
  }

  async targets(): Promise<readonly { readonly health: string; readonly lastError: string }[]> {
    const answer = await fetch(`${this.#url}/api/v1/targets`);
    return ((await answer.json()) as { data: { activeTargets: { health: string; lastError: string }[] } }).data
      .activeTargets;
  }

  async rules(): Promise<readonly RuleState[]> {
    const answer = await fetch(`${this.#url}/api/v1/rules`);
    return ((await answer.json()) as { data: { groups: { rules: RuleState[] }[] } }).data.groups.flatMap(
      ({ rules }) => rules,
    );
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await gone;
      clearTimeout(timer);
    }
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
