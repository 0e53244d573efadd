import { securityHeaders } from 'breakwater/http';
import { describe, expect, it } from 'vitest';

describe('a header that every answer would carry', () => {
  it.each([
    ['Content-Length', '2', 'belongs to each answer by itself'],
    ['transfer-encoding', 'chunked', 'belongs to each answer by itself'],
    ['Connection', 'close', 'belongs to each answer by itself'],
    ['Content-Type', 'text/html', 'belongs to each answer by itself'],
    ['Strict-Transport-Security', 'bogus', 'must say max-age, in seconds'],
    ['Strict-Transport-Security', 'max-age=-1', 'must say max-age, in seconds'],
    ['Strict-Transport-Security', 'includeSubDomains', 'must say max-age, in seconds'],
    ['X-Frame-Options', 'ALLOW-FROM https://a.example', 'must be DENY or SAMEORIGIN'],
    ['X-Content-Type-Options', 'sniff', 'must be nosniff'],
  ])('is refused as %s: %s', (name, value, text) => {
    expect(() => securityHeaders({ set: { [name]: value } })).toThrow(`set.${name} ${text}`);
  });

  it.each([
    ['Strict-Transport-Security', 'max-age=0'],
    ['strict-transport-security', 'max-age="31536000"; includeSubDomains; preload'],
    ['Strict-Transport-Security', 'includeSubDomains;max-age=1;'],
    ['X-Frame-Options', 'sameorigin'],
    ['Content-Language', 'de'],
    ['constructor', 'mine'],
    ['X-Own', 'anything'],
  ])('is taken as %s: %s', (name, value) => {
    expect(securityHeaders({ set: { [name]: value } }).list).toContainEqual([name, value]);
  });
});
