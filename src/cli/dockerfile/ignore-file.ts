/** The patterns of a .dockerignore, in their order. */
export function ignorePatterns(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** Whether a path at the root of the context, or all that is in it, stays out of the build. The last pattern that fits counts. */
export function isIgnored(path: string, patterns: readonly string[]): boolean {
  let ignored = false;
  for (const pattern of patterns) {
    const isException = pattern.startsWith('!');
    const plain = (isException ? pattern.slice(1) : pattern).replace(/^\.?\/+|\/+$/g, '');
    if (fits(plain, path)) ignored = !isException;
  }
  return ignored;
}

function fits(pattern: string, path: string): boolean {
  const bareName = pattern.replace(/^(\*\*\/)+/, '').replace(/(\/\*\*)+$/, '');
  if (bareName === '' || bareName === '**' || bareName === '.') return true;
  if (bareName.includes('/')) return false;
  return matches(bareName, path);
}

/** A pattern of one name against a name. Each star goes back at most once over what is left. */
function matches(pattern: string, name: string): boolean {
  let [p, n, star, from] = [0, 0, -1, 0];
  while (n < name.length) {
    const wanted = pattern[p];
    if (wanted === '*') [star, from] = [p++, n];
    else if (wanted === '?' || wanted === name[n]) [p, n] = [p + 1, n + 1];
    else if (star >= 0) [p, n] = [star + 1, ++from];
    else return false;
  }
  return /^\**$/.test(pattern.slice(p));
}
