export const { PORT = '3000', CATALOGUE_URL = 'http://localhost:4000' } = process.env;
