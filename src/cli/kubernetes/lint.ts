import { systemClock } from '../../core/clock.js';
import { type DeploymentFinding, shownText } from '../../deployment/finding.js';
import { type Command, ExitCode } from '../command.js';
import { UnverifiedError, UsageError } from '../failures.js';
import { findingOf, unknown } from '../lint/found.js';
import { itemOf } from '../lint/item.js';
import { lintHelp } from '../lint/lint-help.js';
import { type FileText, readFile, readInput } from '../read-file.js';
import { readMs, readWords } from '../lint/read-words.js';
import { FAIL_ON, printReport, REPORT_FORMAT } from '../report/print.js';
import { called, clusterOf, isKnownKind, isWorkload, type KubeObject, objectsOf } from './cluster.js';
import { filesOf, INPUT, INPUT_NAME } from './files.js';
import { rules } from './rules.js';
import { templateIn } from './template.js';
import { loadYaml, readYaml, type Yaml } from './yaml.js';

const HELP = 'breakwater k8s lint --help';

/** Rules hold objects against each other. */
const MOST_OBJECTS = 5_000;
/** So many kinds are named that are not known. */
const MOST_KINDS = 5;

const options = {
  'budget-ms': { takes: 'MS', summary: 'longest stop: budgetMs of the ApplicationLifecycle; default 25000' },
  'drain-delay-ms': { takes: 'MS', summary: 'how long a stop goes on accepting: its drainDelayMs; default 5000' },
  'health-timeout-ms': { takes: 'MS', summary: 'longest health check of the HealthCheckService; default 2000' },
  'fail-on': FAIL_ON,
  format: REPORT_FORMAT,
} as const;

/** `k8s lint`: whether manifests fit the application, and what production needs. */
export const lint: Command = {
  name: 'lint',
  aliases: [],
  summary: 'hold manifests of Kubernetes against what production, and the application, need',
  options,
  async run(words, io) {
    if (words.includes('--help') || words.includes('-h')) {
      io.out(help());
      return ExitCode.PASS;
    }
    const { files, given } = readWords('k8s lint', HELP, options, words);
    if (files.length === 0) throw new UsageError("'k8s lint' needs files, such as deploy/kubernetes.yaml", HELP);
    const numbers = {
      budgetMs: readMs('--budget-ms', given['budget-ms'], 25_000, HELP),
      drainDelayMs: readMs('--drain-delay-ms', given['drain-delay-ms'], 5_000, HELP),
      healthTimeoutMs: readMs('--health-timeout-ms', given['health-timeout-ms'], 2_000, HELP),
    };
    const yaml = await loadYaml();
    const from = systemClock.now();
    const read: Manifest[] = [];
    for (const file of filesOf(files, io))
      read.push(
        file === INPUT
          ? readManifest(INPUT_NAME, await readInput(io), yaml)
          : readManifest(file, readFile(file, io), yaml),
      );
    const manifests = withoutOthers(read, [...files, INPUT_NAME]);
    const all = manifests.flatMap(({ objects }) => objects);
    if (all.length > MOST_OBJECTS)
      throw new UnverifiedError(`these files have more than ${String(MOST_OBJECTS)} objects: name fewer at a time`);
    const cluster = clusterOf(all, numbers);
    const found = rules.flatMap((rule) => [...rule(cluster)]);
    const isAllForeign = all.length > 0 && all.every(isForeign);
    const ms = systemClock.now() - from;
    const wallMs = systemClock.wallNow();
    const items = manifests.map(({ file, text, objects, findings }) => {
      const own = found.filter(({ of }) => of.file === file).map((one) => findingOf(one, file));
      const foreign = isAllForeign && objects[0] !== undefined ? [unlooked(objects[0])] : [];
      const subject = subjectOf(objects);
      return itemOf({ file, text, findings: [...findings, ...foreign, ...own], subject }, wallMs, ms);
    });
    const others = read.length - manifests.length;
    const left = others === 0 ? '' : `, and ${String(others)} in folders without an object of Kubernetes`;
    const subject = `${String(items.length)} ${items.length === 1 ? 'file' : 'files'}${left}, a stop of up to ${String(numbers.budgetMs)} ms`;
    return printReport({ command: 'k8s lint', subject, items }, io, { format: given.format, failOn: given['fail-on'] });
  },
};

interface Manifest {
  readonly file: string;
  readonly text: string;
  readonly objects: readonly KubeObject[];
  readonly findings: readonly DeploymentFinding[];
}

/** Without what lies in folders beside manifests, and is none; all, where there is nothing else. */
function withoutOthers(all: readonly Manifest[], named: readonly string[]): readonly Manifest[] {
  const manifests = all.filter(
    ({ file, findings }) => named.includes(file) || !findings.some(({ id }) => id === 'k8s.no-objects'),
  );
  return manifests.length === 0 ? all : manifests;
}

function readManifest(file: string, read: FileText, yaml: Yaml): Manifest {
  if ('fault' in read) {
    const findings = [unknown('k8s.unreadable', `the file ${read.fault}`, read.hint, file)];
    return { file, text: '', objects: [], findings };
  }
  const { text } = read;
  const { documents, faults } = readYaml(text, yaml);
  const isTemplate = text.includes('{{');
  const objects = documents.flatMap(({ tree }) => objectsOf(tree, file));
  const findings = [
    ...faults.map(({ what, line }) =>
      isTemplate
        ? unknown('k8s.template', 'the file is a template, which only its program can read', RENDER, file, line)
        : unknown(
            'k8s.unreadable',
            `the file ${what}`,
            'look at the line, and at how the lines above are indented',
            file,
            line,
          ),
    ),
    ...documents.flatMap(({ twice }) =>
      twice.map(({ what, line }) =>
        findingOf(
          {
            id: 'k8s.key-twice',
            status: 'FAIL',
            message: `${what} stands there twice, and one is lost`,
            hint: 'leave one',
            line,
          },
          file,
        ),
      ),
    ),
    ...objects.flatMap(templatedIn),
  ];
  if (objects.length === 0 && findings.length === 0)
    findings.push(
      unknown('k8s.no-objects', 'the file has no object of Kubernetes', 'name a file with apiVersion and kind', file),
    );
  return { file, text, objects, findings };
}

const RENDER = 'render it first: helm template … > manifests.yaml, or envsubst';

/** That nothing but secrets can be told of any object there is. */
function unlooked(object: KubeObject): ReturnType<typeof unknown> {
  return unknown(
    'k8s.unknown-kind',
    `nothing in these files is of a kind that is known, such as the ${object.kind} here, or has a template of pods`,
    'name what is made of it: kustomize build … > manifests.yaml',
    object.file,
    object.tree.line,
  );
}

/** That a value is still to be filled in: rules cannot tell anything of it. */
function templatedIn(object: KubeObject): ReturnType<typeof unknown>[] {
  const line = templateIn(object);
  if (line === undefined) return [];
  return [
    unknown('k8s.template', `${called(object)} has values that are still to be filled in`, RENDER, object.file, line),
  ];
}

/** What was looked at, and of which kinds nothing but secrets can be told. */
function subjectOf(objects: readonly KubeObject[]): string {
  const others = objects.filter(isForeign);
  const kinds = [...new Set(others.map(({ kind }) => kind))];
  const more = kinds.length > MOST_KINDS ? ' …' : '';
  const only =
    others.length === 0
      ? ''
      : `, ${String(others.length)} of them looked at for secrets alone (${kinds.slice(0, MOST_KINDS).join(', ')}${more})`;
  return shownText(`${String(objects.length)} ${objects.length === 1 ? 'object' : 'objects'}${only}`, 300);
}

function isForeign(object: KubeObject): boolean {
  return !isKnownKind(object) && !isWorkload(object);
}

function help(): string {
  return lintHelp(
    'k8s lint <file or folder…> [options]',
    [
      'Holds manifests of Kubernetes against what production needs, and against the numbers of the application. Name all',
      'files together: a PodDisruptionBudget, a Service or a NetworkPolicy is looked for in all of them.',
      '',
      '  breakwater k8s lint deploy/kubernetes.yaml --budget-ms 25000',
      '  helm template … | breakwater k8s lint -',
      '',
      'It needs the package yaml: npm install --save-dev yaml',
    ],
    options,
  );
}
