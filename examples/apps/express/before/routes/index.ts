import { Router } from 'express';
import * as users from '../controllers/users.js';
import { required } from '../middleware/auth.js';
import { articles } from './articles.js';

export const api = Router();

api.post('/users', users.register);
api.post('/users/login', users.login);
api.get('/user', required, users.current);
api.use('/articles', articles);
