import { Router } from 'express';
import * as controller from '../controllers/comments.js';
import { required } from '../middleware/auth.js';

/** Below an article, whose slug it sees. */
export const comments = Router({ mergeParams: true });

comments.get('/', controller.list);
comments.post('/', required, controller.create);
comments.delete('/:id', required, controller.remove);
