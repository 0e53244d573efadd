import { goOn, hello, routerWith, topology, type Topology } from './topology.js';

/** Routers and applications within others. */
export const NESTED: readonly Topology[] = [
  topology('a router that is mounted', (app, dialect) => void app.use('/api', routerWith(dialect, '/users/:id')), [
    { target: '/api/users/1', route: '/api/users/:id' },
    { target: '/api/nothing', route: 'unmatched', status: 404 },
    { target: '/api', route: 'unmatched', status: 404 },
  ]),
  topology(
    'the root of a router that is mounted',
    (app, dialect) => {
      app.use('/api', routerWith(dialect, '/'));
      app.use('/slash/', routerWith(dialect, '/x'));
      app.use(routerWith(dialect, '/bare'));
    },
    [
      { target: '/api', route: '/api' },
      { target: '/api/', route: '/api' },
      { target: '/slash/x', route: '/slash/x' },
      { target: '/bare', route: '/bare' },
    ],
  ),
  topology(
    'a router that is mounted with a parameter, which it does not see',
    (app, dialect) => void app.use('/tenants/:tid', routerWith(dialect, '/users/:id')),
    [
      { target: '/tenants/42/users/7', route: '/tenants/:tid/users/:id' },
      { target: '/tenants/acme%20inc/users/7', route: '/tenants/:tid/users/:id' },
      { target: '/tenants/42/nothing', route: 'unmatched', status: 404 },
    ],
  ),
  topology(
    'routers within routers, three deep, that merge parameters',
    (app, dialect) => {
      const merging = { mergeParams: true };
      const teams = dialect.express.Router(merging);
      const members = dialect.express.Router(merging);
      members.get('/members/:mid', hello);
      teams.use('/teams/:id', members);
      teams.get('/', hello);
      app.use('/tenants/:id', teams);
    },
    [
      { target: '/tenants/1', route: '/tenants/:id' },
      { target: '/tenants/1/teams/2/members/3', route: '/tenants/:id/teams/:id/members/:mid' },
      { target: '/tenants/1/teams/1/members/1', route: '/tenants/:id/teams/:id/members/:mid' },
    ],
  ),
  topology(
    'values of merged parameters that are parts of words below',
    (app, dialect) => {
      const outer = dialect.express.Router({ mergeParams: true });
      outer.use('/teams/:team', routerWith(dialect, '/members/:id', { mergeParams: true }));
      app.use('/tenants/:tid', outer);
    },
    [
      { target: '/tenants/e/teams/m/members/s', route: '/tenants/:tid/teams/:team/members/:id' },
      { target: '/tenants/teams/teams/1/members/2', route: '/tenants/:tid/teams/:team/members/:id' },
    ],
  ),
  topology(
    'routers within routers that do not merge parameters',
    (app, dialect) => {
      const outer = dialect.express.Router();
      const middle = dialect.express.Router();
      middle.use('/c/:third', routerWith(dialect, '/d/:fourth'));
      outer.use('/b/:second', middle);
      app.use('/a/:first', outer);
    },
    [{ target: '/a/1/b/2/c/3/d/4', route: '/a/:first/b/:second/c/:third/d/:fourth' }],
  ),
  topology(
    'a router that is mounted at several places',
    (app, dialect) => {
      const router = routerWith(dialect, '/items/:id');
      app.use('/v1', router);
      app.use('/v2/:region', router);
      app.use(['/old', '/older/:year'], router);
    },
    [
      { target: '/v1/items/1', route: '/v1/items/:id' },
      { target: '/v2/eu/items/1', route: '/v2/:region/items/:id' },
      { target: '/old/items/1', route: '/old/items/:id' },
      { target: '/older/1999/items/1', route: '/older/:year/items/:id' },
    ],
  ),
  topology(
    'an application in an application in an application',
    (app, { express }) => {
      const inner = express();
      const outer = express();
      inner.get('/users/:id', hello);
      outer.use('/inner/:iid', inner);
      outer.get('/own', hello);
      app.use('/outer', outer);
    },
    [
      { target: '/outer/own', route: '/outer/own' },
      { target: '/outer/inner/5/users/6', route: '/outer/inner/:iid/users/:id' },
      { target: '/outer/inner/5/nothing', route: 'unmatched', status: 404 },
    ],
  ),
  topology(
    'a part of a segment as parameter of a mount',
    (app, dialect) => {
      app.use('/v:major', routerWith(dialect, '/users/:id'));
      app.use('/:from-:to/trips', routerWith(dialect, '/:trip'));
    },
    [
      { target: '/v2/users/2', route: '/v:major/users/:id' },
      { target: '/v11/users/1', route: '/v:major/users/:id' },
      { target: '/ber-lis/trips/ber', route: '/:from-:to/trips/:trip' },
    ],
  ),
  topology(
    'values of parameters that are words of the path',
    (app, dialect) => {
      app.use('/users/:id', routerWith(dialect, '/users/:other'));
      app.use('/:kind/list', routerWith(dialect, '/:list'));
    },
    [
      { target: '/users/users/users/users', route: '/users/:id/users/:other' },
      { target: '/books/list/list', route: '/:kind/list/:list' },
      { target: '/list/list/list', route: '/:kind/list/:list' },
    ],
  ),
  topology(
    'wildcards and RegExps as mounts',
    (app, dialect) => {
      app.use(dialect.rest('/files'), routerWith(dialect, '/'));
      app.use(/^\/r(\d+)/, routerWith(dialect, '/users/:id'));
    },
    ({ rest }) => [
      { target: '/files/a/b/c', route: rest('/files') },
      { target: '/r12/users/1', route: '/^\\/r(\\d+)/users/:id', watched: '/r*/users/:id' },
      { target: '/r13/users/1', route: '/^\\/r(\\d+)/users/:id', watched: '/r*/users/:id' },
    ],
  ),
  topology(
    'a router that is called by hand',
    (app, dialect) => {
      const router = routerWith(dialect, '/users/:id');
      app.use('/by/:hand', (request, response, next) => {
        router(request, response, next);
      });
      app.use('/users', goOn);
      app.get('/users/:id', (request, response, next) => {
        router(request, response, next);
      });
    },
    [
      { target: '/by/me/users/1', route: '/by/:hand/users/:id' },
      { target: '/users/1', route: '/users/:id' },
    ],
  ),
  topology(
    'falling through one router into the next, and next("router")',
    (app, { express }) => {
      const [first, second, leaving] = [express.Router(), express.Router(), express.Router()];
      first.get('/only', hello);
      first.get('/both/:x', goOn);
      first.use('/deep', goOn);
      second.get('/both/:y', hello);
      second.get('/deep/:z', hello);
      leaving.get('/left/:a', (_request, _response, next) => {
        next('router');
      });
      leaving.get('/left/:b', hello);
      app.use('/api', first, second);
      app.use('/api', leaving);
      app.get('/api/left/over', hello);
    },
    [
      { target: '/api/both/1', route: '/api/both/:y' },
      { target: '/api/deep/1', route: '/api/deep/:z' },
      { target: '/api/left/over', route: '/api/left/over' },
      { target: '/api/left/1', route: 'unmatched', status: 404 },
    ],
  ),
  topology(
    'functions that look at parameters, later, and make something else of them',
    (app, { express }) => {
      const router = express.Router();
      router.param('id', (request, _response, next, id) => {
        request.params['id'] = `user ${String(id)}`;
        setImmediate(next);
      });
      router.get('/users/:id', hello);
      const outer = express.Router();
      outer.param('tid', (request, _response, next) => {
        request.params['tid'] = { known: true } as never;
        setImmediate(next);
      });
      outer.use('/tenants/:tid', router);
      app.use('/api', outer);
    },
    [{ target: '/api/tenants/1/users/2', route: '/api/tenants/:tid/users/:id', watched: '/api/*/users/:id' }],
  ),
];
