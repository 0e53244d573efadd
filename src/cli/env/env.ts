import { commandGroup } from '../group.js';
import { check } from './check.js';
import { docs } from './docs.js';
import { example } from './example.js';

/** `env`: what a service reads from its environment. */
export const env = commandGroup(
  'env',
  'Shows and checks what a service reads from its environment, as its ConfigValidator says.',
  [example, docs, check],
);
