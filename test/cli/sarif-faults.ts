import { Ajv } from 'ajv';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

// The schema of OASIS for SARIF 2.1.0, errata and all, as the package @microsoft/jest-sarif has it (MIT).
const official = JSON.parse(readFileSync(join(import.meta.dirname, 'sarif-2.1.0-rtm.5.json'), 'utf8')) as Record<
  string,
  unknown
>;
// It is written for draft 4, and nothing in it means anything else in draft 7.
const { $schema: _draft, id: _id, ...schema } = official;
// Of the formats two are of use here; they are looked at as the schema means them.
const isUri = (text: string): boolean => URL.canParse(text);
const isReference = (text: string): boolean => !/[\s\\{}<>^`|]/.test(text) && URL.canParse(text, 'file:///root/');
const ajv = new Ajv({
  allErrors: true,
  strict: false,
  // One of its patterns is none with the flag.
  unicodeRegExp: false,
  formats: { uri: isUri, 'uri-reference': isReference, 'date-time': true },
});
const validate = ajv.compile(schema);

/** What the schema of SARIF has against a log. */
export function sarifFaults(log: unknown): unknown[] {
  return validate(log) ? [] : (validate.errors ?? []);
}
