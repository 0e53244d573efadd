import type { DeploymentFinding } from '../../finding.js';
import { hasModes, modeOf, pathIn } from '../disk.js';
import { failed, idPart, warned } from '../report.js';
import { isLoopback } from './connections.js';
import type { Variables } from './variables.js';

/** How a process is started. @internal */
export interface Start {
  readonly variables: Variables;
  readonly execArgv: readonly string[];
  readonly userId: number | undefined;
}

const DEBUG = /* @__PURE__ */ Object.freeze(['DEBUG', 'NODE_DEBUG', 'NODE_DEBUG_NATIVE']);
/** Nothing, and what is off. */
const OFF = /^\s*(?:0|false|off|no)?\s*$/i;
const ENV_FILES = /* @__PURE__ */ Object.freeze(['.env', '.env.local', '.env.production', '.env.production.local']);

/** What is wrong wherever it runs. @internal */
export function judgeStart(start: Start): DeploymentFinding[] {
  const findings: DeploymentFinding[] = [];
  if (start.variables['NODE_TLS_REJECT_UNAUTHORIZED']?.trim() === '0')
    findings.push(
      failed('security.tls-verification', 'NODE_TLS_REJECT_UNAUTHORIZED turns off that certificates are verified', {
        hint: 'leave it out; name your own authority with NODE_EXTRA_CA_CERTS',
      }),
    );
  if (flagsOf(start).some(([name, value]) => name === '--insecure-http-parser' && value !== 'false'))
    findings.push(
      failed(
        'security.insecure-http-parser',
        'Node is started with --insecure-http-parser, which lets requests be smuggled',
        {
          hint: 'leave it out',
        },
      ),
    );
  return findings;
}

/** What is wrong where it serves others. @internal */
export function judgeDeployedStart(start: Start, nodeEnv: boolean): DeploymentFinding[] {
  const { variables, userId } = start;
  const findings: DeploymentFinding[] = [];
  if (nodeEnv && variables['NODE_ENV'] !== 'production')
    findings.push(
      failed('security.node-env', "NODE_ENV is not 'production'", {
        hint: 'set NODE_ENV=production: without it frameworks show errors to visitors and cache less',
      }),
    );
  if (userId === 0)
    findings.push(
      warned('security.root-user', 'the process runs as root', { hint: 'run it as a user of its own: USER node' }),
    );
  for (const name of DEBUG)
    if (!OFF.test(variables[name] ?? ''))
      findings.push(
        warned(`security.debug.${name}`, `${name} is set, and what it makes be printed may hold secrets`, {
          hint: 'leave it out',
        }),
      );
  return [...findings, ...judgeInspector(start)];
}

/** Whoever reaches the inspector runs what he likes. */
function judgeInspector(start: Start): DeploymentFinding[] {
  const hint = 'leave it out, and connect with kill -USR1 on the machine itself when you have to';
  const flags = flagsOf(start).filter(([name]) => /^--(?:inspect(?:-brk|-wait|-port)?|debug-port)$/.test(name));
  const open = flags.find(([, value]) => !isLoopback(inspectorHost(value)));
  if (open !== undefined)
    return [failed('security.debug.inspector', 'Node is started with an inspector that others can reach', { hint })];
  return flags.some(([name]) => name.startsWith('--inspect') && name !== '--inspect-port')
    ? [warned('security.debug.inspector', 'Node is started with an inspector', { hint })]
    : [];
}

/** The host of `host:port`, `host` or `port`; none means this machine. Source: Node, --inspect. */
function inspectorHost(value: string): string {
  if (/^\d*$/.test(value)) return '';
  return /^(\[[^\]]*\]|[^:]*)(?::\d*)?$/.exec(value)?.[1] ?? value;
}

/** Flags with their values, of `NODE_OPTIONS` and of the command line. */
function flagsOf({ variables, execArgv }: Start): [name: string, value: string][] {
  const options = (variables['NODE_OPTIONS'] ?? '').slice(0, 100_000).match(/(?:"(?:\\.|[^"\\])*"|\S)+/g) ?? [];
  const all = [...options.map((option) => option.replace(/"/g, '')), ...execArgv];
  return all.map((flag, i) => {
    const at = flag.indexOf('=');
    const next = all[i + 1];
    // Only the port may stand behind a blank.
    const beside = /^--(?:inspect|debug)-port$/.test(flag) && next !== undefined && !next.startsWith('-') ? next : '';
    // Node takes an underscore for a hyphen.
    return at === -1
      ? [flag.replaceAll('_', '-'), beside]
      : [flag.slice(0, at).replaceAll('_', '-'), flag.slice(at + 1)];
  });
}

/** Whether files of variables lie open in the folder. @internal */
export async function judgeEnvFiles(root: string | undefined): Promise<DeploymentFinding[]> {
  if (!hasModes()) return [];
  const findings: DeploymentFinding[] = [];
  for (const file of ENV_FILES) {
    const mode = await modeOf(pathIn(root, file));
    if (mode === undefined) continue;
    const id = `security.env-file.${idPart(file)}`;
    const more = { place: { file }, hint: `let only its owner have it: chmod 600 ${file}` };
    if ((mode & 0o002) !== 0) findings.push(failed(id, `${file} can be written by everybody`, more));
    else if ((mode & 0o004) !== 0) findings.push(warned(id, `${file} can be read by everybody`, more));
  }
  return findings;
}
