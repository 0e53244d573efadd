// #region basic
import { createMemoryStore, ManualClock, storeConformance } from 'breakwater/testing';

// Replace this one by yours; `advance` moves its clock.
const suite = storeConformance({
  create: () => {
    const clock = new ManualClock();
    const store = createMemoryStore({ clock });
    return {
      store,
      advance: (ms) => {
        clock.advance(ms);
      },
    };
  },
  traces: 500,
});
for (const { name, run } of suite) {
  await run();
  console.log(`ok: ${name}`);
}
// #endregion basic
