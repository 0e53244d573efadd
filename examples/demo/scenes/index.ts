import type { Scene } from '../stage.js';
import { besideAnAbuser } from './beside-an-abuser.js';
import { configuration } from './configuration.js';
import { databaseReturns } from './database-returns.js';
import { databaseStops } from './database-stops.js';
import { deploymentGate } from './deployment-gate.js';
import { featureDegrades } from './feature-degrades.js';
import { fourProcesses } from './four-processes.js';
import { fromOutside } from './from-outside.js';
import { neverAnswers } from './never-answers.js';
import { normalTraffic } from './normal-traffic.js';
import { oneCall } from './one-call.js';
import { oneClientFloods } from './one-client-floods.js';
import { retryStorm } from './retry-storm.js';
import { rollingRestart } from './rolling-restart.js';
import { rotatingAddresses } from './rotating-addresses.js';

/** All scenes, in the order of play. */
export const SCENES: readonly Scene[] = [
  normalTraffic,
  databaseStops,
  databaseReturns,
  oneClientFloods,
  besideAnAbuser,
  fromOutside,
  rotatingAddresses,
  retryStorm,
  neverAnswers,
  featureDegrades,
  configuration,
  deploymentGate,
  oneCall,
  rollingRestart,
  fourProcesses,
];
