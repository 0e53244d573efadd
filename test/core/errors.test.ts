import { CircuitOpenError } from 'breakwater/circuit-breaker';
import {
  BreakwaterError,
  InvalidArgumentError,
  InvalidOptionsError,
  isBreakwaterError,
  RejectedError,
} from 'breakwater/core';
import { describe, expect, it } from 'vitest';
import { isRejectedError } from '../../src/core/errors.js';

class Refused extends RejectedError {
  readonly code = 'BREAKWATER_TEST_REFUSED';
}

describe('errors', () => {
  it('are recognised by brand and code, whatever copy of the package they come from', () => {
    const error = new InvalidArgumentError('wrong');
    expect([
      isBreakwaterError(error),
      isBreakwaterError(error, 'BREAKWATER_INVALID_ARGUMENT'),
      isBreakwaterError(error, 'BREAKWATER_OTHER'),
    ]).toEqual([true, true, false]);
    const foreign = Object.assign(new Error('other copy'), {
      [Symbol.for('breakwater.error')]: true,
      code: 'BREAKWATER_X',
    });
    expect([isBreakwaterError(foreign, 'BREAKWATER_X'), foreign instanceof BreakwaterError]).toEqual([true, false]);
    for (const other of [new Error('x'), null, undefined, 'text', 5, {}]) expect(isBreakwaterError(other)).toBe(false);
  });

  it('have read-only names that stacks show, and codes that are fields', () => {
    const error = new InvalidArgumentError('wrong');
    expect(error.name).toBe('InvalidArgumentError');
    expect(String(error)).toBe('InvalidArgumentError: wrong');
    expect(error.stack).toContain('errors.test');
    expect(Object.keys(error)).toEqual(['code']);
  });

  it('refusals carry no frames unless asked to, and leave the limit of others alone', () => {
    const limit = Error.stackTraceLimit;
    const error = new Refused('no');
    expect(error.stack).not.toContain('\n    at ');
    expect(Error.stackTraceLimit).toBe(limit);
    expect(new Refused('no', { captureStack: true }).stack).toContain('errors.test');
    expect(new Error('other').stack).toContain('\n    at ');
  });

  it('refusals have a wait and a cause only when they were given', () => {
    expect(Object.keys(new Refused('no'))).toEqual(['code']);
    const cause = new Error('why');
    const full = new Refused('no', { cause, retryAfterMs: 0 });
    expect([full.retryAfterMs, full.cause]).toEqual([0, cause]);
    expect('cause' in new Refused('no', { cause: undefined })).toBe(true);
  });

  it('refusals are told from other errors', () => {
    expect([
      isRejectedError(new Refused('no')),
      isRejectedError(new CircuitOpenError('x', 'OPEN')),
      isRejectedError(new InvalidArgumentError('x')),
    ]).toEqual([true, true, false]);
    expect([isRejectedError(null), isRejectedError('x')]).toEqual([false, false]);
  });

  it('InvalidOptionsError says all that is wrong', () => {
    const error = new InvalidOptionsError('Thing', [
      { path: 'a', message: 'is required' },
      { path: '', message: 'must be an object' },
    ]);
    expect(error.message).toBe('Thing: a is required; must be an object');
    expect(error.issues).toHaveLength(2);
  });
});
