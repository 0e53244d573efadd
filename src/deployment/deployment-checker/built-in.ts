import type { DeploymentCheck } from '../check.js';
import { databaseConnectionCheck } from '../checks/database-connection-check.js';
import { dependenciesCheck } from '../checks/dependencies/dependencies-check.js';
import { environmentCheck } from '../checks/environment-check.js';
import { filesCheck } from '../checks/files/files-check.js';
import { securityCheck } from '../checks/security/security-check.js';
import type { ParsedCheckerOptions } from './options.js';

/** Who asks a database or a service several things, each with a limit of its own, gets longer. */
const SEVERAL_QUESTIONS_MS = 30_000;

/** The checks that the options ask for. @internal */
export function builtInChecks(options: ParsedCheckerOptions): DeploymentCheck[] {
  const { env, environment, files, database, dependencies, security, migrations, health, timeoutMs, clock } = options;
  const checks: DeploymentCheck[] = [];
  if (env !== false) checks.push(environmentCheck(env, { environment }));
  if (files !== undefined) checks.push(filesCheck(files));
  if (dependencies !== false) checks.push(dependenciesCheck(dependencies === true ? undefined : dependencies));
  if (security !== false) checks.push(securityCheck({ environment, clock, ...(security === true ? {} : security) }));
  if (database !== undefined) checks.push(databaseConnectionCheck(database, clock));
  if (migrations !== undefined)
    checks.push({
      id: 'migrations',
      name: 'Migrations',
      tags: ['migrations', 'database', 'live'],
      timeoutMs: timeoutMs ?? SEVERAL_QUESTIONS_MS,
      run: () => migrations.validate(),
    });
  if (health !== undefined)
    checks.push({
      id: 'health',
      name: 'Health routes',
      tags: ['health', 'live'],
      timeoutMs: timeoutMs ?? SEVERAL_QUESTIONS_MS,
      run: ({ signal }) => health.run({ signal }),
    });
  return checks;
}

/** Variables that are named here and whose values are never shown; a configuration sees to its own secrets. @internal */
export function checkedNames({ env }: ParsedCheckerOptions): readonly string[] {
  return env !== false && isNames(env) ? env : [];
}

function isNames(env: readonly string[] | object): env is readonly string[] {
  return Array.isArray(env);
}
