// Run with `npx tsx examples/liveness-server.ts`. A service gives it a port of its own; 0 takes any that is free.
const PORT = 0;

// #region basic
import { LivenessServer } from 'breakwater/health';

const liveness = new LivenessServer({ port: PORT });
const { port } = await liveness.start();

liveness.on('stall', ({ blockedMs }) => {
  console.log(`nothing else could run for ${String(Math.round(blockedMs / 1_000))} s`);
});
liveness.on('down', ({ reason }) => {
  console.log(`liveness probes get no answer: ${reason}`);
});
// #endregion basic

const probe = async (): Promise<void> => {
  const answer = await fetch(`http://127.0.0.1:${String(port)}/health/live`);
  console.log(answer.status, ((await answer.json()) as { status: string }).status);
};
await probe();
// It is answered meanwhile, beside this thread; here only the event tells of it, afterwards.
const until = performance.now() + 1_500;
while (performance.now() < until);
await probe();
console.log(liveness.snapshot().stalls, liveness.health());

// The last thing that a shutdown does: it answers while the service drains.
await liveness.stop();
