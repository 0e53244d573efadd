import { instructionNames, pinned } from './rules/base.js';
import { firstProcess, oneOfEach, stopSignal } from './rules/command.js';
import { buildContext } from './rules/context.js';
import { healthcheck } from './rules/health.js';
import { foreignCode, lockedInstall, nodeEnv, productionOnly } from './rules/install.js';
import { secrets, verifiedTls } from './rules/secrets.js';
import { user } from './rules/user.js';
import type { Rule } from './stages.js';

/** Every rule that a Dockerfile is held against. */
export const rules: readonly Rule[] = [
  instructionNames,
  pinned,
  user,
  firstProcess,
  oneOfEach,
  stopSignal,
  healthcheck,
  secrets,
  verifiedTls,
  lockedInstall,
  productionOnly,
  nodeEnv,
  foreignCode,
  buildContext,
];
