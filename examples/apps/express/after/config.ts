// #region config
import { DatabaseConfig } from 'breakwater/config';

export const { PORT, DATABASE_URL, TOKEN_SECRET, OPS_TOKEN } = new DatabaseConfig()
  .register('PORT', 'int', { min: 0, max: 65_535, default: 3_000 })
  .register('TOKEN_SECRET', 'str', { required: true, minLength: 32 })
  .register('OPS_TOKEN', 'str', { required: true, minLength: 32 })
  .validateOrThrow();
// #endregion config
