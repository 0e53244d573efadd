import express from 'express';
import * as config from './config.js';
import * as db from './db.js';
import * as auth from './middleware/auth.js';
import * as errors from './middleware/errors.js';
import { api } from './routes/index.js';

const app = express();
app.disable('x-powered-by');
app.use(express.json({ limit: '100kb' }));
app.use(auth.loadUser);

app.get('/status', async (_req, res) => {
  await db.ping();
  res.json({ up: true });
});
app.use('/api', api);
app.use(errors.notFound);
app.use(errors.handler);

await db.migrate();
const server = app.listen(config.PORT, () => console.log('listening', server.address()));
