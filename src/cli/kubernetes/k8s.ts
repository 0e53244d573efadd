import { commandGroup } from '../group.js';
import { lint } from './lint.js';

/** `k8s`: how a service is run by Kubernetes. */
export const k8s = commandGroup('k8s', 'Holds manifests of Kubernetes against what the application needs.', [lint]);
