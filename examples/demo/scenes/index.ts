import type { Scene } from '../stage.js';
import { databaseReturns } from './database-returns.js';
import { databaseStops } from './database-stops.js';
import { normalTraffic } from './normal-traffic.js';
import { oneClientFloods } from './one-client-floods.js';

/** All scenes, in the order of play. */
export const SCENES: readonly Scene[] = [normalTraffic, databaseStops, databaseReturns, oneClientFloods];
