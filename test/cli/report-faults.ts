import { Ajv } from 'ajv';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../docs/schemas/check-report.json'), 'utf8'),
) as object;
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);

/** What the published schema has against a report. */
export function reportFaults(report: unknown): unknown {
  return validate(report) ? [] : validate.errors;
}
