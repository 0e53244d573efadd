import { describe, expect, it } from 'vitest';
import { databaseFailure } from '../../../src/deployment/database/failure.js';

describe('databaseFailure', () => {
  it('says what the database said, not the query that a client repeats', () => {
    const denied = Object.assign(new Error('permission denied for table t'), { code: '42501' });
    const wrapped = new Error('Failed query: SELECT 1', { cause: denied });
    expect(databaseFailure(wrapped)).toEqual({ code: '42501', message: 'permission denied for table t' });
  });

  it('says anything else as it is, in one line and without secrets', () => {
    const error = new Error('cannot reach postgres://app:hunter2@db/x\nat all');
    expect(databaseFailure(error)).toEqual({
      code: undefined,
      message: expect.not.stringMatching(/hunter2|\n/) as string,
    });
    expect(databaseFailure('no')).toEqual({ code: undefined, message: 'no' });
    expect(databaseFailure(Object.defineProperty({}, 'code', { get: () => { throw new Error('x'); } }))).toMatchObject({ code: undefined }); // prettier-ignore
  });
});
