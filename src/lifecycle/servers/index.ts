export { Servers } from './servers.js';
export type { AttachableServer, WebSocketServerShape, WebSocketShape } from './shapes.js';
