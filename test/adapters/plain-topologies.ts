import { goOn, hello, routerWith, topology, type Topology } from './topology.js';

/** Without routers within routers, or hardly. */
export const PLAIN: readonly Topology[] = [
  topology(
    'plain paths and the root',
    (app) => {
      app.get('/', hello);
      app.get('/users', hello);
    },
    [
      { target: '/', route: '/' },
      { target: '/users', route: '/users' },
      { target: '/users?id=/x', route: '/users' },
      { target: '/nothing', route: 'unmatched', status: 404 },
    ],
  ),
  topology(
    'parameters',
    (app) => {
      app.get('/users/:id', hello);
      app.get('/flights/:from-:to', hello);
    },
    [
      { target: '/users/42', route: '/users/:id' },
      { target: '/users/%2e%2e', route: '/users/:id' },
      { target: '/users/a%2Fb', route: '/users/:id' },
      { target: '/flights/ber-lis', route: '/flights/:from-:to' },
      { target: '/users', route: 'unmatched', status: 404 },
    ],
  ),
  topology(
    'other cases and slashes at the end',
    (app, dialect) => {
      app.get('/users/:id', hello);
      app.use('/Api', routerWith(dialect, '/Things/:id'));
    },
    [
      { target: '/USERS/42/', route: '/users/:id' },
      { target: '/Api/Things/5', route: '/Api/Things/:id' },
      { target: '/api/things/5/', route: '/Api/Things/:id' },
      { target: '/aPI/THINGS/5', route: '/Api/Things/:id' },
    ],
  ),
  topology(
    'an array of paths',
    (app, dialect) => {
      app.get(['/one', '/two/:id'], hello);
      app.use('/in', routerWith(dialect, ['/a', '/b/:id']));
    },
    [
      { target: '/one', route: '/one', watched: '/one|/two/:id' },
      { target: '/two/2', route: '/two/:id', watched: '/one|/two/:id' },
      { target: '/in/b/5', route: '/in/b/:id', watched: '/in/a|/b/:id' },
    ],
  ),
  topology(
    'a RegExp',
    (app, dialect) => {
      app.get(/^\/files\/(\d+)$/, hello);
      app.use('/in', routerWith(dialect, /^\/x(.*)$/));
    },
    [
      { target: '/files/1', route: '/^\\/files\\/(\\d+)$/' },
      { target: '/files/2', route: '/^\\/files\\/(\\d+)$/' },
      { target: '/in/xyz', route: '/in/^\\/x(.*)$/' },
    ],
  ),
  topology(
    'wildcards',
    (app, { rest }) => {
      app.get(rest('/assets'), hello);
      app.get(rest(''), hello);
    },
    ({ rest }) => [
      { target: '/assets/a/b.js', route: rest('/assets') },
      { target: '/anything/at/all', route: rest('') },
    ],
  ),
  topology(
    'a parameter that need not be there',
    (app, { optional }) => void app.get(optional('/posts', 'page'), hello),
    ({ optional }) => [
      { target: '/posts', route: optional('/posts', 'page') },
      { target: '/posts/2', route: optional('/posts', 'page') },
    ],
  ),
  topology(
    'router.route() with several methods, and app.all',
    (app) => {
      app.route('/things/:id').get(hello).post(hello);
      app.all('/all/:id', hello);
    },
    [
      { target: '/things/1', route: '/things/:id' },
      { method: 'POST', target: '/things/1', route: '/things/:id' },
      { method: 'DELETE', target: '/things/1', route: 'unmatched', status: 404 },
      { method: 'PUT', target: '/all/1', route: '/all/:id' },
    ],
  ),
  topology(
    'HEAD on a GET, and OPTIONS that Express answers',
    (app, dialect) => {
      app.get('/users/:id', hello);
      app.post('/posts', hello);
      app.options('/own', hello);
      app.use('/api', routerWith(dialect, '/things'));
    },
    [
      { method: 'HEAD', target: '/users/1', route: '/users/:id' },
      { method: 'HEAD', target: '/posts', route: 'unmatched', status: 404 },
      { method: 'OPTIONS', target: '/users/1', route: 'unmatched' },
      { method: 'OPTIONS', target: '/api/things', route: 'unmatched' },
      { method: 'OPTIONS', target: '/own', route: '/own' },
      { method: 'OPTIONS', target: '/nothing', route: 'unmatched', status: 404 },
    ],
  ),
  topology(
    'targets in absolute form',
    (app, dialect) => {
      app.get('/users/:id', hello);
      app.use('/tenants/:tid', routerWith(dialect, '/users/:id'));
    },
    [
      { target: 'http://example.org/users/1', route: '/users/:id' },
      { target: 'http://example.org/tenants/9/users/1?a=b', route: '/tenants/:tid/users/:id' },
    ],
  ),
  topology(
    'an answering middleware, at the root and mounted',
    (app) => {
      app.use('/static', (request, response, next) => {
        if (request.url === '/missing') next();
        else response.send('file');
      });
      app.use('/of/:tenant', hello);
      app.use((request, response, next) => {
        if (request.url === '/nothing') next();
        else response.send('the application');
      });
    },
    [
      { target: '/static/a/b.css', route: '/static/*' },
      { target: '/static/missing', route: '/*' },
      { target: '/of/acme/x', route: '/of/:tenant/*' },
      { target: '/some/page', route: '/*' },
      { target: '/nothing', route: 'unmatched', status: 404 },
    ],
  ),
  topology(
    'next("route") and next() out of a route',
    (app) => {
      app.get('/a/:id', (_request, _response, next) => {
        next('route');
      });
      app.get('/a/fallback', hello);
      app.get('/b/:id', goOn);
      app.use('/b/page', hello);
    },
    [
      { target: '/a/fallback', route: '/a/fallback' },
      { target: '/a/1', route: 'unmatched', status: 404 },
      { target: '/b/1', route: 'unmatched', status: 404 },
      { target: '/b/page', route: '/b/page/*' },
    ],
  ),
];
