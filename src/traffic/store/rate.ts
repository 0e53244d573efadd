/** How fast a bucket fills, in whole numbers. @internal */
export interface WholeRate {
  readonly refillTokens: number;
  readonly refillUs: number;
}

/** Beyond it the numerator would take room from the rest. */
const MOST_TOKENS = 2 ** 31;
const CLOSE = 2 ** -50;

/**
 * Tokens a second as the nearest fraction of tokens and microseconds with which a bucket of that capacity can be counted
 * exactly: its convergents by continued fraction.
 *
 * @returns `undefined` when there is none.
 * @internal
 */
export function wholeRate(refillPerSecond: number, capacity: number): WholeRate | undefined {
  const mostUs = Math.floor((Number.MAX_SAFE_INTEGER - MOST_TOKENS) / capacity);
  const perUs = refillPerSecond / 1e6;
  let [tokens, tokensBefore, us, usBefore] = [Math.floor(perUs), 1, 1, 0];
  for (let rest = perUs - tokens; rest > 0 && Math.abs(tokens / us - perUs) > perUs * CLOSE;) {
    const inverse = 1 / rest;
    const whole = Math.floor(inverse);
    rest = inverse - whole;
    const [nextTokens, nextUs] = [whole * tokens + tokensBefore, whole * us + usBefore];
    if (nextTokens > MOST_TOKENS || nextUs > mostUs) break;
    [tokensBefore, usBefore, tokens, us] = [tokens, us, nextTokens, nextUs];
  }
  return tokens >= 1 && us <= mostUs ? { refillTokens: tokens, refillUs: us } : undefined;
}
