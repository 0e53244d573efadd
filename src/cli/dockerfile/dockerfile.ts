import { commandGroup } from '../group.js';
import { lint } from './lint.js';

/** `dockerfile`: how the image of a service is made. */
export const dockerfile = commandGroup(
  'dockerfile',
  'Holds a Dockerfile against what a Node service in production needs.',
  [lint],
);
