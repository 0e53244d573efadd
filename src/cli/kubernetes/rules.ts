import type { Rule } from './cluster.js';
import { availability } from './rules/availability.js';
import { firstProcess, imageTags } from './rules/image.js';
import { nodeFlags } from './rules/node-flags.js';
import { network } from './rules/network.js';
import { numbers } from './rules/numbers.js';
import { probes, probeTargets } from './rules/probes.js';
import { probeTimes } from './rules/probe-times.js';
import { resources } from './rules/resources.js';
import { secretObjects, secrets } from './rules/secrets.js';
import { security, serviceAccountToken } from './rules/security.js';
import { selectors } from './rules/selectors.js';
import { stopping } from './rules/stopping.js';
import { jobs, versions } from './rules/versions.js';

/** Every rule that manifests are held against. */
export const rules: readonly Rule[] = [
  probes,
  probeTargets,
  probeTimes,
  stopping,
  availability,
  selectors,
  network,
  security,
  serviceAccountToken,
  secrets,
  secretObjects,
  nodeFlags,
  numbers,
  imageTags,
  firstProcess,
  resources,
  versions,
  jobs,
];
