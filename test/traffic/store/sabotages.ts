import type { BucketRule, LimitStore, MarkChange, StoreMark } from 'breakwater/testing';

/** Some methods of a store, in place of its own. */
export type Sabotage = (store: LimitStore) => Partial<LimitStore>;

const later = () => new Promise<void>((resolve) => setImmediate(resolve));

/** What a store could get wrong, each in one thing, with arguments that are right. */
export const SABOTAGES: Readonly<Record<string, Sabotage>> = {
  // Steps that are not atomic.
  'mark with after checks, and writes later': (store) => ({
    mark: async ({ after, ...change }) => {
      const mark = await markOf(store, change);
      if (after !== undefined && after !== (mark?.version ?? 0)) return store.mark({ ...change, after });
      await later();
      return store.mark(change);
    },
  }),
  'take of several looks first, and takes later': (store) => ({
    take: async (rules) => {
      const looked = await Promise.all(rules.map((rule) => store.take([{ ...rule, cost: 0 }])));
      const passes = rules.every(
        ({ cost, advisory }, i) =>
          advisory === true || (looked[i]?.[0]?.allowed === true && looked[i][0].remaining >= cost),
      );
      if (!passes || rules.length === 1) return store.take(rules);
      await later();
      return (await Promise.all(rules.map((rule) => store.take([rule])))).flat();
    },
  }),
  'take reads, and writes later': (store) => ({ take: lost((rules) => store.take(rules)) }),
  'count reads, and writes later': (store) => ({ count: lost((rule) => store.count(rule)) }),
  'record reads, and writes later': (store) => ({ record: lost((rule) => store.record(rule)) }),

  // Answers that are not one's own.
  'take answers with one object': (store) => ({ take: shared((rules) => store.take(rules)) }),
  'take answers with objects of its own, but one mark': (store) => {
    const mark = {};
    return {
      take: async (rules) =>
        (await store.take(rules)).map((answer) =>
          answer.mark === undefined ? answer : { ...answer, mark: Object.assign(mark, answer.mark) as StoreMark },
        ),
    };
  },
  'count answers with one object': (store) => ({ count: shared((rule) => store.count(rule)) }),
  'record answers with one object': (store) => ({ record: shared((rule) => store.record(rule)) }),
  'mark answers with one object': (store) => ({ mark: shared((change) => store.mark(change)) }),

  // Contents of changes.
  'changes tells another time': told((mark) => ({ ...mark, leftUs: 1 })),
  'changes tells only that something is held': told((mark) => ({ ...mark, held: true, text: '', times: 0 })),
  'changes tells all as held': told((mark) => ({ ...mark, held: true })),
  'changes tells no text': told((mark) => ({ ...mark, text: '' })),
  'changes tells no times': told((mark) => ({ ...mark, times: 1 })),
  'changes tells no last version': (store) => ({
    changes: async (group, version) => {
      const { marks, more } = await store.changes(group, version);
      return { marks, more, version: marks.at(-1)?.version ?? version };
    },
  }),
  'changes tells no more than a hundred': (store) => ({
    changes: async (group, version) => {
      const { marks, ...rest } = await store.changes(group, version);
      return { ...rest, marks: marks.slice(0, 100) };
    },
  }),

  // Keys.
  'take knows the group of the first rule': (store) => ({
    take: (rules) => {
      const alike = rules.map((rule) => ({ ...rule, group: rules[0]?.group ?? '' }));
      const differ = new Set(alike.map(({ subject }) => subject)).size === alike.length;
      return store.take(differ ? alike : rules);
    },
  }),

  // What is given back.
  'nothing is given back': costs((cost) => Math.max(0, cost)),
  'what is given back is taken': costs((cost) => Math.abs(cost)),
  'one token is given back at most': costs((cost) => Math.max(-1, cost)),
  'all is given back at once': costs((cost, { capacity }) => (cost < 0 ? -capacity : cost)),
  'what is given back makes a bucket more than full': (store) => {
    const over = new Map<string, number>();
    return {
      take: async (rules) => {
        const [rule] = rules;
        if (rule === undefined || rules.length > 1) return store.take(rules);
        const more = over.get(keyOf(rule)) ?? 0;
        const [looked] = await store.take([{ ...rule, cost: 0 }]);
        const excess = rule.cost < 0 ? (looked?.remaining ?? 0) - rule.cost - rule.capacity : 0;
        if (excess > 0 && looked?.mark === undefined) over.set(keyOf(rule), more + excess);
        if (rule.cost <= 0 || more < rule.cost) return store.take(rules);
        over.set(keyOf(rule), more - rule.cost);
        return store.take([{ ...rule, cost: 0 }]);
      },
    };
  },
  'something is given back although another rule refuses': (store) => ({
    take: async (rules) => {
      const answers = await store.take(rules);
      const passes = rules.every(({ advisory }, i) => advisory === true || answers[i]?.allowed === true);
      if (passes) return answers;
      const given = rules.map(async (rule, i) => {
        const answer = answers[i];
        if (rule.cost >= 0 || answer?.allowed !== true) return answer;
        return (await store.take([rule]))[0];
      });
      return (await Promise.all(given)) as Awaited<ReturnType<LimitStore['take']>>;
    },
  }),

  // Limits that stick to what they were first.
  'the limit of a window sticks': (store) => ({ count: sticking('limit', (rule) => store.count(rule)) }),
  'the length of a window sticks': (store) => ({ count: sticking('windowUs', (rule) => store.count(rule)) }),
  'the limit of events sticks': (store) => ({ record: sticking('limit', (rule) => store.record(rule)) }),
  'the window of events sticks': (store) => ({ record: sticking('windowUs', (rule) => store.record(rule)) }),
  'the half-life sticks': (store) => ({ record: sticking('halfLifeUs', (rule) => store.record(rule)) }),

  // Bounds of its own.
  'no more than ten events are remembered': (store) => ({
    record: (rule) => store.record(atMost(rule, 'limit', 10)),
  }),
  'a window counts no more than a hundred': (store) => ({ count: (rule) => store.count(atMost(rule, 'limit', 100)) }),
  'a bucket holds no more than 100,000': (store) => ({
    take: (rules) => store.take(rules.map((rule) => atMost(rule, 'capacity', 1e5))),
  }),
  'a bucket refills by no more than 100,000': (store) => ({
    take: (rules) => store.take(rules.map((rule) => atMost(rule, 'refillTokens', 1e5))),
  }),
  'a bucket refills within 100 s': (store) => ({
    take: (rules) => store.take(rules.map((rule) => atMost(rule, 'refillUs', 1e8))),
  }),
  'waits are numbers of 32 bits': (store) => ({
    take: async (rules) =>
      (await store.take(rules)).map((answer) =>
        Number.isFinite(answer.retryAfterUs) ? { ...answer, retryAfterUs: answer.retryAfterUs >>> 0 } : answer,
      ),
  }),
  'two sorts of events are told': (store) => ({
    record: async (rule) => {
      const answer = await store.record(rule);
      return { ...answer, tags: Object.fromEntries(Object.entries(answer.tags).slice(0, 2)) };
    },
  }),
  'no sort of event is called __proto__': (store) => ({
    record: async (rule) => {
      const answer = await store.record(rule);
      const tags: Record<string, number> = {};
      for (const [tag, count] of Object.entries(answer.tags)) tags[tag] = count;
      return { ...answer, tags };
    },
  }),
  'text is cut at 1,000 characters': texts((text) => text.slice(0, 1_000)),
  'text loses what is not in its alphabet': texts((text) => Buffer.from(text, 'latin1').toString('latin1')),
  'text ends at a NUL': texts((text) => text.split('\u0000')[0] ?? ''),

  // What a marked subject is promised.
  'a marked bucket is promised what the mark has left': (store) => ({
    take: async (rules) => (await store.take(rules)).map(promised),
  }),
  'a marked window is promised what the mark has left': (store) => ({
    count: async (rule) => promised(await store.count(rule)),
  }),

  // Versions, and what is remembered.
  'a version of 0 is as good as none': (store) => ({
    mark: ({ after, ...change }) => store.mark({ ...change, after: after === 0 ? undefined : after }),
  }),
  'a mark is remembered for as long as it holds': (store) => ({
    mark: (change) => store.mark({ ...change, keepUs: change.forUs }),
  }),
};

/** What a store could take that is to be refused. */
export const LENIENT: Readonly<Record<string, Sabotage>> = {
  'text may be half of a character': (store) => ({
    mark: (change) => store.mark({ ...change, text: change.text.replace(/\p{Surrogate}/gu, '\ufffd') }),
  }),
  'more may be given back than a bucket holds': costs((cost, { capacity }) => Math.max(-capacity, cost)),
  'advisory may be anything': (store) => ({
    take: (rules) => store.take(rules.map((rule) => ({ ...rule, advisory: Boolean(rule.advisory) }))),
  }),
};

/** Whoever asks while somebody does gets the answer of that one: as if both had read the same and one write was lost. */
function lost<Q, A>(ask: (question: Q) => Promise<A>): (question: Q) => Promise<A> {
  const seen = new Map<string, Promise<A>>();
  return async (question) => {
    const key = JSON.stringify(question, (name, value: unknown) => (name === 'tag' ? undefined : value));
    const asked = seen.get(key) ?? ask(question);
    seen.set(key, asked);
    await later();
    seen.delete(key);
    return structuredClone(await asked);
  };
}

function shared<Q, A extends object>(ask: (question: Q) => Promise<A>): (question: Q) => Promise<A> {
  let one: A | undefined;
  return async (question) => {
    const answer = await ask(question);
    if (one === undefined) return (one = answer);
    for (const key of Object.keys(one)) if (!(key in answer)) Reflect.deleteProperty(one, key);
    return Object.assign(one, answer);
  };
}

function told(change: (mark: StoreMark) => StoreMark): Sabotage {
  return (store) => ({
    changes: async (group, version) => {
      const { marks, ...rest } = await store.changes(group, version);
      return { ...rest, marks: marks.map((mark) => ({ ...mark, ...change(mark) })) };
    },
  });
}

function sticking<K extends string, Q extends { group: string; subject: string } & Record<K, number>, A>(
  name: K,
  ask: (rule: Q) => Promise<A>,
): (rule: Q) => Promise<A> {
  const first = new Map<string, number>();
  return async (rule) => {
    const answer = await ask({ ...rule, [name]: first.get(keyOf(rule)) ?? rule[name] });
    if (!first.has(keyOf(rule))) first.set(keyOf(rule), rule[name]);
    return answer;
  };
}

function keyOf({ group, subject }: { readonly group: string; readonly subject: string }): string {
  return `${group} ${subject}`;
}

function atMost<K extends string, Q extends Record<K, number>>(rule: Q, name: K, most: number): Q {
  return { ...rule, [name]: Math.min(rule[name], most) };
}

function costs(change: (cost: number, rule: BucketRule) => number): Sabotage {
  return (store) => ({
    take: (rules) => store.take(rules.map((rule) => ({ ...rule, cost: change(rule.cost, rule) }))),
  });
}

function texts(change: (text: string) => string): Sabotage {
  return (store) => ({ mark: (asked) => store.mark({ ...asked, text: change(asked.text) }) });
}

function promised<A extends { readonly retryAfterUs: number; readonly mark?: StoreMark | undefined }>(answer: A): A {
  const { mark } = answer;
  return mark?.held === true && mark.leftUs > 0 ? { ...answer, retryAfterUs: mark.leftUs } : answer;
}

/** Read without a change. */
async function markOf(store: LimitStore, { group, subject }: Pick<MarkChange, 'group' | 'subject'>) {
  const { marks } = await store.changes(group, 0);
  return marks.find((mark) => mark.subject === subject);
}
