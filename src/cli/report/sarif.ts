import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Problem, problemsOf } from '../../deployment/deployment-checker/tally.js';
import type { FailOn, Report, ReportItem } from './report.js';
import { wordOf } from './text.js';

/** Where more is said of the rules of a linter: the reference of what it looks at. */
const HELP: Readonly<Record<string, string>> = {
  k8s: 'https://kubernetes.io/docs/concepts/workloads/',
  dockerfile: 'https://docs.docker.com/build/building/best-practices/',
};

/**
 * A report as SARIF 2.1.0, for code scanning: a result for everything that does not pass. Readers refuse a result without a file,
 * so that what is in none stands at the module that says what is looked at.
 */
export function sarifReport(report: Report, failOn: FailOn, version: string): string {
  const { command, items, source = 'package.json' } = report;
  const problems = problemsOf(items);
  const ids = [...new Set(problems.map(({ id }) => id))];
  const run = {
    tool: { driver: { name: 'breakwater', version, rules: ids.map((id) => rule(id, problems)) } },
    // Runs of different commands do not take each other's results away.
    automationDetails: { id: `breakwater/${command.replaceAll(' ', '-')}/` },
    invocations: [{ executionSuccessful: !problems.some((one) => one.crashed === true && one.silenced === undefined) }],
    results: problems.map((problem) => ({
      ruleId: problem.id,
      ruleIndex: ids.indexOf(problem.id),
      level: (problem.silenced?.status ?? problem.status) === 'FAIL' || failOn === 'warn' ? 'error' : 'warning',
      message: { text: plain(`${wordOf(problem)}: ${problem.message}${problem.hint ? `\n${problem.hint}` : ''}`) },
      locations: [{ physicalLocation: location(problem, source) }],
      ...suppressions(problem, command),
    })),
  };
  const log = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] };
  return JSON.stringify(log, undefined, 2);
}

function rule(id: string, problems: readonly Problem<ReportItem>[]): object {
  const [family = '', ...words] = id.split('.');
  const helpUri = Object.hasOwn(HELP, family) ? HELP[family] : undefined;
  const hint = problems.find((one) => one.id === id && one.hint !== undefined)?.hint;
  return {
    id,
    shortDescription: { text: plain([family, words.join('.').replaceAll('-', ' ')].filter(Boolean).join(': ')) },
    ...(helpUri === undefined ? {} : { helpUri }),
    ...(hint === undefined ? {} : { help: { text: plain(hint) } }),
  };
}

function location({ place }: Problem<ReportItem>, source: string): object {
  const artifactLocation = { uri: uriOf(place?.file ?? source) };
  return place?.line === undefined ? { artifactLocation } : { artifactLocation, region: { startLine: place.line } };
}

/** A file as it was named, which is from the root of the repository where the command runs there. */
function uriOf(file: string): string {
  if (isAbsolute(file)) return pathToFileURL(file).href;
  return file
    .replaceAll('\\', '/')
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/^(\.\/)+/, '')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
}

function suppressions({ silenced }: Problem<ReportItem>, command: string): object {
  if (silenced === undefined) return {};
  const kind = command.endsWith(' lint') ? 'inSource' : 'external';
  return { suppressions: [{ kind, justification: plain(`until ${silenced.until}: ${silenced.reason}`) }] };
}

/** Text without placeholders and links of messages. Source: SARIF 2.1.0, 3.11.5 and 3.11.6. */
function plain(text: string): string {
  return text.replace(/[{}]/g, '$&$&').replaceAll('](', '] (');
}
