import {
  BreakwaterError,
  InvalidArgumentError,
  InvalidOptionsError,
  RejectedError,
  type RejectedErrorOptions,
  isBreakwaterError,
} from 'breakwater/core';
import { CircuitOpenError } from 'breakwater/circuit-breaker';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isRejectedError } from '../../src/core/errors.js';

class FullError extends RejectedError {
  readonly code = 'BREAKWATER_TEST_FULL';
  override get name(): string {
    return 'FullError';
  }
}

const refuse = (options?: RejectedErrorOptions): FullError => new FullError('no place is free', options);

describe('BreakwaterError', () => {
  it('is an Error with a stable code, a name and the message', () => {
    const error = new InvalidArgumentError('cost must be an integer');
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(BreakwaterError);
    expect(error).toMatchObject({ code: 'BREAKWATER_INVALID_ARGUMENT', name: 'InvalidArgumentError' });
    expect(String(error)).toBe('InvalidArgumentError: cost must be an integer');
    expect(error.stack).toContain('InvalidArgumentError: cost must be an integer\n');
    expect(error.stack).toContain('errors.test.ts');
  });

  it('neither name nor brand shows up among the own fields', () => {
    expect(Object.keys(new InvalidArgumentError('x'))).toEqual(['code']);
    expect(Object.getOwnPropertySymbols(new InvalidArgumentError('x'))).toEqual([]);
  });

  it('InvalidOptionsError lists every problem, in the message and as data', () => {
    const issues = [
      { path: 'capacity', message: 'is required' },
      { path: '', message: 'must be an options object' },
    ];
    const error = new InvalidOptionsError('RateLimiter', issues);
    expect(error.message).toBe('RateLimiter: capacity is required; must be an options object');
    expect(error).toMatchObject({ code: 'BREAKWATER_INVALID_OPTIONS', name: 'InvalidOptionsError', issues });
  });
});

describe('isBreakwaterError', () => {
  it('tells by brand and, when asked, by exact code', () => {
    const error = refuse();
    expect(isBreakwaterError(error)).toBe(true);
    expect(isBreakwaterError(error, 'BREAKWATER_TEST_FULL')).toBe(true);
    expect(isBreakwaterError(error, 'BREAKWATER_TEST')).toBe(false);
    expect(isBreakwaterError(error, '')).toBe(false);
  });

  it('knows an error of another copy of the package, which instanceof does not', async () => {
    vi.resetModules();
    const copy = await import('../../src/core/errors.js');
    const foreign = new copy.InvalidArgumentError('x');
    expect(foreign).not.toBeInstanceOf(BreakwaterError);
    expect(isBreakwaterError(foreign, 'BREAKWATER_INVALID_ARGUMENT')).toBe(true);
    expect(copy.isBreakwaterError(refuse())).toBe(true);
    expect(copy.isRejectedError(refuse())).toBe(true);
  });

  it.each([undefined, null, 'BREAKWATER_X', 7, {}, { code: 'BREAKWATER_INVALID_ARGUMENT' }, new Error('x'), () => 1])(
    'is false for %s, whatever its code says',
    (value) => {
      expect(isBreakwaterError(value)).toBe(false);
      expect(isBreakwaterError(value, 'BREAKWATER_INVALID_ARGUMENT')).toBe(false);
    },
  );
});

describe('RejectedError', () => {
  const limit = Error.stackTraceLimit;
  afterEach(() => {
    Error.stackTraceLimit = limit;
  });

  it('carries wait and cause only when they are known', () => {
    const cause = new Error('down');
    expect(refuse({ retryAfterMs: 0, cause })).toMatchObject({ retryAfterMs: 0, cause });
    expect('retryAfterMs' in refuse()).toBe(false);
    expect('cause' in refuse()).toBe(false);
    expect('cause' in refuse({ cause: undefined })).toBe(true);
  });

  it('has its first line but no frames unless they are asked for', () => {
    expect(refuse().stack).toBe('FullError: no place is free');
    expect(refuse({ captureStack: true }).stack).toContain('errors.test.ts');
  });

  it('leaves the limit of frames of everybody else as it was', () => {
    Error.stackTraceLimit = 7;
    refuse();
    expect(Error.stackTraceLimit).toBe(7);
    expect(new Error('other').stack).toContain('\n    at ');
  });

  it('works where the limit of frames cannot be changed', () => {
    try {
      Object.defineProperty(Error, 'stackTraceLimit', { value: 10, writable: false, configurable: true });
      expect(refuse({ retryAfterMs: 5 }).retryAfterMs).toBe(5);
    } finally {
      Object.defineProperty(Error, 'stackTraceLimit', {
        value: limit,
        writable: true,
        configurable: true,
        enumerable: true,
      });
    }
  });

  it('isRejectedError knows refusals from other errors', () => {
    expect(isRejectedError(refuse())).toBe(true);
    expect(isRejectedError(new CircuitOpenError('x', 'OPEN'))).toBe(true);
    for (const other of [new InvalidArgumentError('x'), new Error('x'), {}, null, undefined, 'x']) {
      expect(isRejectedError(other)).toBe(false);
    }
  });
});
