import type { HealthCheckReport } from '../../deployment/health-check-validator/index.js';
import { ExitCode } from '../command.js';
import type { CommandIo } from '../io.js';

/** Prints a report for people, the worst last, where it is seen; gives the exit code. */
export function printReport({ findings, message }: HealthCheckReport, io: CommandIo): number {
  for (const wanted of ['PASS', 'WARN', 'FAIL'] as const) {
    for (const { status, id, message: what, hint } of findings.filter((finding) => finding.status === wanted)) {
      io.out(`${status}  ${id}: ${what}`);
      if (hint !== undefined) io.out(`      ${hint}`);
    }
  }
  io.out(message);
  const failing = findings.filter(({ status }) => status === 'FAIL');
  if (failing.some(({ crashed }) => crashed !== true)) return ExitCode.FAIL;
  return failing.length > 0 ? ExitCode.UNVERIFIED : ExitCode.PASS;
}
