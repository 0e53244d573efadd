import { systemClock } from '../../core/clock.js';
import { shownMs, whyNot } from '../../deployment/health-check-validator/answer.js';
import { Connections } from '../../deployment/health-check-validator/request.js';
import type { Target } from '../../deployment/health-check-validator/target.js';

/** What came of one question; the message shows scheme, host and port, and nothing else of the address. */
export async function probeOnce(
  target: Target,
  { timeoutMs, insecure }: { readonly timeoutMs: number; readonly insecure: boolean },
): Promise<{ readonly isWell: boolean; readonly message: string }> {
  const connections = await Connections.to(target, { insecure });
  try {
    const asked = { method: 'GET', path: target.path + target.query };
    const limit = { clock: systemClock, now: () => systemClock.now(), timeoutMs };
    const answer = await connections.ask(asked, limit);
    if (answer.kind !== 'answered') return { isWell: false, message: `${target.origin}: ${whyNot(answer)}` };
    const { status, tookMs } = answer;
    const redirect = status >= 300 && status <= 399 ? ', a redirect, which is not followed' : '';
    return {
      isWell: status >= 200 && status <= 299,
      message: `${String(status)} from ${target.origin} in ${shownMs(tookMs)}${redirect}`,
    };
  } finally {
    connections.close();
  }
}
