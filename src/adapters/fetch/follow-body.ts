/** How a body ended. @internal */
export interface BodyEnd {
  /** Whether all of it was read. */
  readonly isWhole: boolean;
  /** How many bytes of it were read. */
  readonly bytes: number;
  /** What it failed with. */
  readonly failure?: { readonly thrown: unknown };
}

/**
 * The same body, which says once how it ended. Nothing is read before it is asked for, and nothing is kept.
 * @internal
 */
export function followBody(body: ReadableStream<Uint8Array>, over: (end: BodyEnd) => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let bytes = 0;
  let isOver = false;
  const end = (how: Omit<BodyEnd, 'bytes'>): void => {
    if (isOver) return;
    isOver = true;
    over({ ...how, bytes });
  };
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          // What was cancelled meanwhile takes nothing more.
          if (isOver) return;
          if (done) {
            controller.close();
            end({ isWhole: true });
          } else {
            bytes += value.byteLength;
            controller.enqueue(value);
          }
        } catch (thrown) {
          end({ isWhole: false, failure: { thrown } });
          throw thrown;
        }
      },
      cancel(reason) {
        end({ isWhole: false });
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
