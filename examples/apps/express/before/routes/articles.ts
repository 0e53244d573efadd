import { Router } from 'express';
import * as controller from '../controllers/articles.js';
import { required } from '../middleware/auth.js';
import { comments } from './comments.js';

export const articles = Router();

articles.route('/').get(controller.list).post(required, controller.create);
articles
  .route('/:slug')
  .get(controller.read)
  .put(required, controller.owned, controller.update)
  .delete(required, controller.owned, controller.remove);
articles.use('/:slug/comments', comments);
