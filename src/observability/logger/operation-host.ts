import { redactName } from '../../core/redaction.js';
import { steady } from '../../core/steady.js';
import { copiedFields, Frame } from './frame.js';
import type { LoggerLayer } from './layer.js';
import type { LoggerCore } from './logger-core.js';
import type { OperationHost, RunningOperation } from './operation.js';
import { nextStep } from '../../internal/trace-step.js';

/**
 * What connects an operation with its logger. The operation is a step of its own in a trace, if there is one.
 * @internal
 */
export function operationHost(core: LoggerCore, layer: LoggerLayer, name: string): OperationHost {
  const around = core.contexts.current();
  const trace = around?.trace === undefined ? undefined : nextStep(around.trace, core.ids);
  let frame: Frame | undefined;
  const run = <T>(operation: RunningOperation, fn: () => T): T =>
    core.contexts.run((frame ??= new Frame(around, { fields: { operation: name }, trace, operation })), fn);
  return {
    outer: around?.operation,
    now: steady(core.clock),
    entry: (field, value) => core.entry(field, value),
    merged: copiedFields,
    run,
    write: (operation, type, message, own, fields) => {
      run(operation, () => {
        core.log(layer, type, type === 'ERROR_EVENT' ? 'error' : 'info', message, fields, own);
      });
    },
    endedTooEarly: (ended) => {
      core.reporter.warn(
        'BREAKWATER_W_OPERATION_ORDER',
        `operation '${redactName(ended, 200)}' ended while others that were started inside of it were still running; await or end those first`,
      );
    },
  };
}
