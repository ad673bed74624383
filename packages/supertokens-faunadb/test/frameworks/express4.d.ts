// Express 4 under another name, beside 5.
declare module 'express4';
