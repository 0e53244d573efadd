declare module 'express-4' {
  export { default } from 'express';
}
declare module 'express-5.2' {
  export { default } from 'express';
}
declare module 'koa-2' {
  export { default } from 'koa';
}
declare module 'koa-mount' {
  import type { Middleware } from 'koa';
  export default function mount(prefix: string, mounted: object): Middleware;
}
