/**
 * HTTP to domain and back: one file for each subject, each route with its schemas and who may call it. May not: decide a
 * rule, know a table, or log what a request says.
 */
export { accountRoutes, sessionRoutes } from './account.ts';
export { linkRoutes } from './links.ts';
export { packRoutes, packUploadRoute } from './packs.ts';
export { APP_PAGE, pages, SHARE_PAGE, textFiles } from './pages.ts';
export { healthRoute, openapiRoute, serverRoutes } from './server.ts';
export { shareRoutes } from './share.ts';
export { challengeRoutes, loginRoutes, registrationRoutes } from './sign-in.ts';
export { vaultRoutes } from './vaults.ts';
