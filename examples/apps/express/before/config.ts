const LOCAL = 'postgres://localhost/press';

export const { PORT = '3000', DATABASE_URL = LOCAL, TOKEN_SECRET = 'change me' } = process.env;
