import type { DeploymentCheck, DeploymentFinding, DeploymentReport } from 'breakwater/deployment';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';

/** Findings of the security check whose message alone says what to do; all others have a hint. */
const WITHOUT_HINT = /^security\.(cors\.function|database-password|file-missing|tls)\./;

/** Runs a check as a checker does. Whatever it finds says what to do about it. */
export async function run(check: DeploymentCheck, profile = 'production'): Promise<DeploymentReport> {
  const report = (await check.run({ signal: new AbortController().signal, profile })) as DeploymentReport;
  for (const { id, status, hint } of report.findings)
    if (status !== 'PASS' && !WITHOUT_HINT.test(`${id}.`)) expect(hint, `the hint of ${id}`).toMatch(/\w/);
  return report;
}

/** Findings in short: status, id and message. */
export function lines({ findings }: DeploymentReport): string[] {
  return findings.map(
    ({ status, id, message, crashed }) => `${crashed === true ? 'CRASHED' : status} ${id}: ${message}`,
  );
}

export function findingOf(report: DeploymentReport, id: string): DeploymentFinding | undefined {
  return report.findings.find((finding) => finding.id === id);
}

/** A folder that is gone when the test is over. */
export class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'breakwater-checks-'));

  at(name: string): string {
    return join(this.path, name);
  }

  /** Writes a file, and the folders that it is in. */
  write(name: string, content: string | Uint8Array, mode = 0o600): string {
    const path = this.at(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { mode });
    return path;
  }

  json(name: string, value: unknown): string {
    return this.write(name, JSON.stringify(value));
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
