import { guards, state } from './composition.js';
import { counting } from './counting.js';
import { halfOpen } from './half-open.js';
import { lifecycle } from './lifecycle.js';
import { open } from './open.js';
import { retry } from './retry.js';

/** Every statement, in groups as the table shows them. */
export const GROUPS = [
  { title: 'Counting', statements: counting },
  { title: 'Open', statements: open },
  { title: 'Half-open', statements: halfOpen },
  { title: 'By hand, life and events', statements: lifecycle },
  { title: 'Timeout and fallback', statements: guards },
  { title: 'State, registry, composition', statements: state },
  { title: 'Retry', statements: retry },
];
