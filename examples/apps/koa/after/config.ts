import { ConfigValidator } from 'breakwater/config';

export const { PORT, CATALOGUE_URL, OPS_TOKEN } = new ConfigValidator()
  .register('PORT', 'int', { min: 0, max: 65_535, default: 3_000 })
  .register('CATALOGUE_URL', 'url', { required: true, schemes: ['http', 'https'] })
  .register('OPS_TOKEN', 'str', { required: true, minLength: 32 })
  .validateOrThrow();
