export * from './core/index.js';
export * from './resilience/circuit-breaker/index.js';
