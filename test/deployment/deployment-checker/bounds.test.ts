import { type CheckStatus, DeploymentChecker, type DeploymentFinding } from 'breakwater/deployment';
import { describe, expect, it } from 'vitest';

const finding = (
  i: number,
  status: CheckStatus = 'WARN',
  more: Partial<DeploymentFinding> = {},
): DeploymentFinding => ({
  id: `many.f${String(i)}`,
  status,
  message: 'one of many',
  ...more,
});

async function resultOf(findings: readonly DeploymentFinding[]) {
  const checks = [{ id: 'many', name: 'Many', run: () => ({ message: 'many', findings }) }];
  const { allPass, results } = await new DeploymentChecker({ env: false, checks }).runAllChecks();
  return { allPass, ...results[0] };
}

const numbers = (length: number): number[] => Array.from({ length }, (_, i) => i);

describe('a check that finds thousands of things', () => {
  it('shows a thousand as they are', async () => {
    const { findings } = await resultOf(numbers(1_000).map((i) => finding(i)));
    expect(findings).toHaveLength(1_000);
    expect(findings?.at(-1)?.id).toBe('many.f999');
  });

  it('HLD-58: shows the worst of more, and one as bad as those that are left out', async () => {
    const fails = numbers(1_500).map((i) => finding(i, 'FAIL'));
    const { allPass, status, findings, ...rest } = await resultOf([finding(-1), ...fails]);
    expect(allPass).toBe(false);
    expect(status).toBe('FAIL');
    expect(rest).not.toHaveProperty('crashed');
    expect(findings).toHaveLength(1_000);
    expect(findings?.[0]?.id).toBe('many.f0');
    expect(findings?.at(-1)).toEqual({
      id: 'many.more',
      status: 'FAIL',
      message: 'there are 502 further findings',
      hint: 'correct those that are listed first',
    });
  });

  it.each<[string, number, DeploymentFinding, object]>([
    ['a failure', 0, finding(-1, 'FAIL'), { status: 'FAIL' }],
    ['what could not be found out', 0, finding(-1, 'WARN', { crashed: true }), { status: 'FAIL', crashed: true }],
    ['a failure among what could not be found out', 1_200, finding(-1, 'FAIL'), { status: 'FAIL', crashed: undefined }],
  ])('HLD-58: never loses %s', async (_, unknown, worst, expected) => {
    const others = numbers(1_200).map((i) => finding(i, 'WARN', i < unknown ? { crashed: true } : {}));
    const { allPass, status, crashed } = await resultOf([...others, worst]);
    expect(allPass).toBe(false);
    expect({ status, crashed }).toMatchObject(expected);
  });

  it('makes safe to print only those that are shown', async () => {
    let read = 0;
    const place = {
      get file() {
        read++;
        return 'a.json';
      },
    };
    const { findings } = await resultOf(numbers(5_000).map((i) => finding(i, 'FAIL', { place })));
    expect(findings?.at(-1)?.message).toBe('there are 4001 further findings');
    expect(read).toBe(999);
  });

  it('takes no longer for long messages than for those of some pages', async () => {
    const timeOf = async (length: number): Promise<number> => {
      const message = '\\'.repeat(length);
      const found = numbers(200).map((i) => finding(i, 'FAIL', { message }));
      const times: number[] = [];
      for (let run = 0; run < 3; run++) {
        const began = performance.now();
        await resultOf(found);
        times.push(performance.now() - began);
      }
      return Math.min(...times);
    };
    const [short, long] = [await timeOf(4_000), await timeOf(1_000_000)];
    // As much is looked at of both.
    expect(long).toBeLessThan(short * 5);
  });
});
