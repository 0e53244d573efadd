import { redactName } from '../../../core/redaction.js';
import type { DeploymentCheck, DeploymentCheckContext } from '../../check.js';
import type { DeploymentFinding, DeploymentReport } from '../../finding.js';
import { execArguments, hostEnvironment, userId } from '../../host.js';
import { isDeployed } from '../deployed.js';
import { pathIn, readFileAt } from '../disk.js';
import { counted, failed, idPart, reportOf } from '../report.js';
import { rightsOf } from '../rights.js';
import { connectionNames, judgeConnections } from './connections.js';
import { judgeCookies } from './cookies.js';
import { judgeCORS } from './cors.js';
import { judgeDeployedStart, judgeEnvFiles, judgeStart } from './host-rules.js';
import { readSecurityOptions, type SecurityCheckOptions, type SecurityOptions } from './options.js';
import { otherSecretNames, signingNames } from './secret-names.js';
import { judgeDefaults, judgeSecrets } from './secrets.js';
import { judgeTLS } from './tls.js';
import { judgeTrustProxy } from './trust-proxy.js';

/**
 * A check of what makes a service easy to break into: secrets that can be guessed, files that lie open, certificates that
 * run out, and settings that believe everybody. No value is shown, and not what is weak about it.
 *
 * @throws {@link InvalidOptionsError} naming every option that is unknown or impossible.
 *
 * @example
 * securityCheck({ secrets: ['SECRET_KEY'], trustProxy: app.get('trust proxy') });
 */
export function securityCheck(options?: SecurityCheckOptions): DeploymentCheck {
  const parsed = readSecurityOptions(options);
  return {
    id: 'security',
    name: 'Security',
    tags: ['security', 'static'],
    run: (context) => look(parsed, context),
  };
}

async function look(options: SecurityOptions, { signal, profile }: DeploymentCheckContext): Promise<DeploymentReport> {
  const variables = options.environment ?? hostEnvironment();
  const { root, tls, files, cookies, cors } = options;
  const start = {
    variables,
    execArgv: options.execArgv ?? execArguments(),
    userId: options.userId ?? userId(),
  };
  // Naming some must not loosen what is looked at without.
  const secrets = distinct(options.secrets, signingNames(variables));
  const others = otherSecretNames(variables, secrets);
  const databases = distinct(options.databaseUrls, connectionNames(variables));
  const findings: DeploymentFinding[] = [
    ...(await judgeSecrets(secrets, variables, options.minSecretLength)),
    ...judgeDefaults(others, variables),
    ...judgeConnections(databases, variables),
    ...judgeStart(start),
    ...judgeCookies(cookies),
  ];
  if (isDeployed(profile)) {
    findings.push(...judgeDeployedStart(start, options.nodeEnv), ...judgeTrustProxy(options.trustProxy));
    findings.push(...(await judgeEnvFiles(root)));
  }
  for (const path of files) {
    signal.throwIfAborted();
    findings.push(...(await judgeFile(path, root)));
  }
  for (const one of tls) {
    signal.throwIfAborted();
    findings.push(...(await judgeTLS(one, root, options.clock.wallNow())));
  }
  if (cors !== undefined) findings.push(...(await judgeCORS(cors)));
  const looked = [
    counted(secrets.length + others.length, 'secret'),
    counted(databases.length, 'database URL'),
    counted(tls.length + files.length, 'file'),
    counted(cookies.length, 'cookie'),
    'and how the process is started',
  ];
  return reportOf('security', looked.join(', '), findings, {
    // Names that are not masked, as `secrets` would be.
    secretCount: secrets.length + others.length,
    databaseCount: databases.length,
    tlsCount: tls.length,
    fileCount: files.length,
    cookieCount: cookies.length,
    deployed: isDeployed(profile),
  });
}

function distinct(named: readonly string[] = [], found: readonly string[]): readonly string[] {
  return [...new Set([...named, ...found])];
}

/** A file that holds secrets: nothing of it is looked at but who may read it. */
async function judgeFile(path: string, root: string | undefined): Promise<DeploymentFinding[]> {
  const shown = redactName(path, 150);
  const place = { file: shown };
  // One byte is enough to know that it can be read.
  const reading = await readFileAt(pathIn(root, path), 1);
  const id = `security.file.${idPart(path)}`;
  const rights = 'mode' in reading ? rightsOf(id, shown, reading.mode, true, { place }) : [];
  if (reading.state === 'read' || reading.state === 'too-large') return rights;
  const what = reading.state === 'unreadable' ? `cannot be read (${reading.code})` : 'is no file that is there';
  return [...rights, failed(`security.file-missing.${idPart(path)}`, `${shown} ${what}`, { place })];
}
