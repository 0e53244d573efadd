import { commandGroup } from '../group.js';
import { list } from './list.js';
import { unblock } from './unblock.js';

/** `bans`: who is blocked by all processes of a service together. */
export const bans = commandGroup('bans', 'Shows and lifts the blocks that several processes share through a store.', [
  list,
  unblock,
]);
