import { HealthCheckService, certificateCheck, eventLoopCheck } from 'breakwater/health';
import { describe, expect, it } from 'vitest';
import { setup } from './setup.js';

describe('checks that are not what they should be', () => {
  it('HLD-1 one that blocks the loop for longer than its time has failed, whatever it answers', async () => {
    const { health, clock } = setup();
    // Time passes without any timer being able to say so.
    const blocks = (): boolean => {
      clock.set(clock.now() + 3_000);
      return true;
    };
    health.register('critical', blocks, { critical: true });
    const { components } = await health.check();
    expect(components[0]).toMatchObject({
      status: 'UNHEALTHY',
      message: 'took 3000 ms, more than its time of 2000 ms',
    });
  });

  it('what they say is one line, without what moves a terminal', async () => {
    const { health } = setup();
    const text = 'x\u001b[2J\u0007\nFAKE LINE\u202e';
    health.register('a', () => ({ status: 'DEGRADED', message: text }));
    health.register('b', () => Promise.reject(new Error(text)));
    health.gate('c', () => ({ status: 'DEGRADED', message: text }));
    using _ = health.maintain(text);
    const { components } = await health.check();
    for (const { message } of components) expect(message).toMatch(/x \[2J FAKE LINE/);
    for (const { message } of components) expect(message).not.toMatch(/\p{C}/u);
  });

  it('a service and what watches it take the same names', () => {
    expect(() => new HealthCheckService({ name: 'a\nb' })).toThrow(/name must be text .* without control characters/);
  });

  it('HLD-9 eventLoopCheck with readings that are none is an invalid result', async () => {
    const { health, clock } = setup();
    for (const [name, reading] of Object.entries({ nothing: undefined, null: null, text: 'x' })) {
      health.register(name, eventLoopCheck({ read: () => reading as never, clock }), { critical: true });
    }
    for (const component of (await health.check()).components) {
      expect(component).toMatchObject({ status: 'DEGRADED' });
      expect(component.message).toMatch(/^invalid result/);
    }
  });

  it.each([[''], [[]], ['self.pem'], [Buffer.from('junk')], [['-----BEGIN CERTIFICATE-----', 'x']]])(
    'certificateCheck refuses authorities that are none: %o',
    (ca) => {
      expect(() => certificateCheck('localhost', { ca })).toThrow(/ca must (be certificates in PEM|have at least one)/);
    },
  );
});
