/**
 * Writes docs/behaviour.md: every numbered statement with the tests that carry its number. With `--check` nothing is
 * written, and a difference is an error.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './entry-points.js';

const FILE = join(root, 'docs', 'behaviour.md');
const AREAS = {
  RES: 'Resilience',
  TRA: 'Traffic: limits, addresses, refusals',
  HLD: 'Health',
  OBS: 'Observability, configuration and the HTTP pipeline',
};

const HEAD = `# Behaviour

What the parts do, statement by statement, with the tests that prove it. This page is made from the titles of the tests
(\`npm run behaviour\`), and a test fails when it is out of date. Properties are checked with random inputs, the seed of a
failure is printed: breaker against a model 200,000 runs, fused
pipelines against nested ones 2,000, degradation against a model 5,000, bucket against exact arithmetic 2,000, address window 2,000,
address parser against the platform 5,000, ranges against bits 2,000, health reports 1,000,
logged values 3,000, looks at text 20,000, contexts 500, metrics against a model 300, quantiles against exact ones.
`;

interface Proof {
  readonly title: string;
  readonly file: string;
}

function collect(): Map<string, Proof[]> {
  const proofs = new Map<string, Proof[]>();
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.test.ts'),
  );
  for (const file of files.sort()) {
    const text = readFileSync(join(root, 'test', file), 'utf8');
    for (const [, , title = ''] of text.matchAll(
      /\bit(?:\.each\([\s\S]*?\](?: as const)?\))?\(\s*(['"\x60])((?:RES|TRA|HLD|OBS)-(?:\\.|(?!\1).)*)\1/g,
    )) {
      const numbers = title.match(/\b(?:RES|TRA|HLD|OBS)-[A-Z]?\d+\b/g) ?? [];
      const words = title.replace(/^(?:(?:RES|TRA|HLD|OBS)-[A-Z]?\d+ )+/, '').replace(/\\/g, '');
      for (const number of new Set(numbers))
        proofs.set(number, [...(proofs.get(number) ?? []), { title: words, file: relative('.', file) }]);
    }
  }
  return proofs;
}

function page(proofs: Map<string, Proof[]>): string {
  const order = (number: string): string => number.replace(/\d+/, (digits) => digits.padStart(4, '0'));
  const sections = Object.entries(AREAS).map(([area, title]) => {
    const numbers = [...proofs.keys()]
      .filter((number) => number.startsWith(area))
      .sort((a, b) => (order(a) < order(b) ? -1 : 1));
    const rows = numbers.flatMap((number) =>
      (proofs.get(number) ?? []).map(
        (proof, i) => `| ${i === 0 ? number : ''} | ${proof.title.replaceAll('|', '\\|')} | ${proof.file} |`,
      ),
    );
    return [`## ${title}`, '', '| statement | what is tested | in test/ |', '| --- | --- | --- |', ...rows, ''].join(
      '\n',
    );
  });
  return [HEAD, ...sections].join('\n');
}

const wanted = page(collect());
if (!process.argv.includes('--check')) writeFileSync(FILE, wanted);
else if (readFileSync(FILE, 'utf8') !== wanted) {
  console.error('docs/behaviour.md is out of date: run "npm run behaviour"');
  process.exitCode = 1;
}
