import { describe, expect, it } from 'vitest';
import { QueryAnswerError, QueryTimeoutError } from '../../../src/deployment/database/errors.js';
import { databaseFailure } from '../../../src/deployment/database/failure.js';

const failed = (code: string | undefined, message: string): Error =>
  Object.assign(new Error(message), code === undefined ? {} : { code });

describe('databaseFailure', () => {
  it('says what the database said, not the query that a client repeats', () => {
    const wrapped = new Error('Failed query: SELECT 1', { cause: failed('42501', 'permission denied for table t') });
    expect(databaseFailure(wrapped)).toEqual({
      code: '42501',
      message: 'permission denied for table t',
      hint: expect.stringContaining('grant') as string,
    });
  });

  it('says anything else as it is, in one line and without secrets', () => {
    const error = new Error('cannot reach postgres://app:hunter2@db/x\nat all');
    expect(databaseFailure(error)).toEqual({
      code: undefined,
      message: expect.not.stringMatching(/hunter2|\n/) as string,
      hint: undefined,
    });
    expect(databaseFailure('no')).toEqual({ code: undefined, message: 'no', hint: undefined });
    expect(databaseFailure(Object.defineProperty({}, 'code', { get: () => { throw new Error('x'); } }))).toMatchObject({ code: undefined }); // prettier-ignore
  });

  // The words are those of PostgreSQL 15, pg 8, postgres.js 3, Node 20 and SQLite.
  it.each([
    ['ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:5432', 'database is up'],
    ['ECONNREFUSED', '', 'database is up'],
    ['ENOTFOUND', 'getaddrinfo ENOTFOUND db', 'host and port'],
    ['EAI_AGAIN', 'getaddrinfo EAI_AGAIN db', 'host and port'],
    ['ETIMEDOUT', 'connect ETIMEDOUT 10.0.0.1:5432', 'the network lets one through'],
    ['EHOSTUNREACH', 'connect EHOSTUNREACH 10.0.0.1:5432', 'the network lets one through'],
    ['CONNECT_TIMEOUT', 'write CONNECT_TIMEOUT db:5432', 'the network lets one through'],
    [undefined, 'timeout exceeded when trying to connect', 'the network lets one through'],
    [undefined, 'Connection terminated due to connection timeout', 'the network lets one through'],
    [undefined, 'connection timed out', 'the network lets one through'],
    ['57014', 'canceling statement due to statement timeout', 'a migration holds a lock'],
    ['55P03', 'canceling statement due to lock timeout', 'a migration holds a lock'],
    ['SQLITE_BUSY', 'database is locked', 'a migration holds a lock'],
    ['3D000', 'database "shop" does not exist', 'the right database'],
    ['28000', 'role "app" does not exist', 'the role was made'],
    ['28P01', 'password authentication failed for user "app"', 'user and password'],
    [undefined, 'FATAL: password authentication failed for user "app"', 'user and password'],
    ['28000', 'no pg_hba.conf entry for host "10.0.0.1", user "app", database "shop", no encryption', 'TLS'],
    [undefined, 'The server does not support SSL connections', 'has no TLS'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain', 'not trusted'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate', 'not trusted'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate', 'not trusted'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'Hostname/IP does not match', 'not trusted'],
    ['42501', 'permission denied for schema drizzle', 'USAGE'],
    ['42P01', 'relation "x" does not exist', undefined],
    ['XX000', 'the timeouts table is broken', undefined],
  ])('for %s "%s" has the hint "%s"', (code, message, hint) => {
    const found = databaseFailure(failed(code, message)).hint;
    if (hint === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(hint);
  });

  it('has one for what its own reads end with', () => {
    expect(databaseFailure(new QueryTimeoutError('a read took longer')).hint).toContain('answers');
    expect(databaseFailure(new QueryAnswerError('something else than rows')).hint).toContain('return what');
  });
});
