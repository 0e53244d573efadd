import { everyContainer, type Rule } from '../cluster.js';
import { at, textAt, wordsAt } from '../tree.js';
import { isImageName, isLatest } from '../../lint/image-name.js';
import { isTemplate } from '../template.js';
import { programOf } from '../../lint/program.js';

/** Whether it is known which image runs. */
export const imageTags: Rule = function* (cluster) {
  for (const { workload, container, who } of everyContainer(cluster)) {
    const image = textAt(container.tree, 'image') ?? '';
    const common = { of: workload, line: at(container.tree, 'image')?.line ?? container.tree.line } as const;
    // What is still to be filled in is told as that.
    if (isTemplate(image)) continue;
    if (image !== '' && !isImageName(image)) {
      yield {
        ...common,
        id: 'k8s.image-name',
        status: 'FAIL',
        message: `${who} has an image whose name no registry has: a placeholder, a capital or a blank is in it`,
        hint: 'fill it in, or write it in small letters: registry.example/orders:1.0.0',
      };
      continue;
    }
    if (image !== '' && !isLatest(image)) continue;
    yield {
      ...common,
      id: 'k8s.latest-tag',
      status: 'FAIL',
      message: image === '' ? `${who} names no image` : `${who} runs whatever image is the newest`,
      hint: 'name a version, or a digest: registry.example/orders:1.0.0',
    };
  }
};

/** Whether the process that gets signals is the one that understands them. */
export const firstProcess: Rule = function* (cluster) {
  for (const { workload, container, who } of everyContainer(cluster)) {
    if (!workload.isLasting || workload.initContainers.includes(container)) continue;
    const field = at(container.tree, 'command') ?? at(container.tree, 'args');
    const { program, isBetween } = programOf([
      ...wordsAt(container.tree, 'command'),
      ...wordsAt(container.tree, 'args'),
    ]);
    if (!isBetween) continue;
    yield {
      of: workload,
      line: field?.line ?? container.tree.line,
      id: 'k8s.npm-start',
      status: 'WARN',
      message: `${who} starts ${program} as its first program: signals may not reach the service, and its exit code may be lost`,
      hint: 'start node itself: command: [node, dist/server.js]',
    };
  }
};
