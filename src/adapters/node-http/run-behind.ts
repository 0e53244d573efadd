import { quiet } from '../../core/thenable.js';
import type { Exchange, Hardening, PipelineStep } from '../../http/index.js';

/**
 * Runs a listener behind a pipeline, in the context of its request, unless the pipeline answers itself. What it throws or
 * rejects with goes to `failed`.
 * @internal
 */
export function runBehind(
  pipeline: Hardening,
  exchange: Exchange,
  steps: readonly PipelineStep[] | undefined,
  run: () => unknown,
  failed: (thrown: unknown) => void,
): void {
  const go = (): void => {
    try {
      quiet(pipeline.within(exchange, run), failed);
    } catch (thrown) {
      failed(thrown);
    }
  };
  const answers = pipeline.handle(exchange, steps);
  if (answers === false) go();
  // Never rejects.
  else if (answers !== true) void answers.then((does) => does || go());
}
