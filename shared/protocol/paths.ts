/**
 * Every path of the wire contract. `:name` marks a parameter; the functions fill it in. What an extension asks for again
 * and again has one address, whatever part or pack is meant, because a browser asks of each address first whether it may (CORS
 * preflight); and is asked for by POST, because several GETs of one address wait for each other in the browser's cache.
 */

export const ROUTES = {
  server: '/v1/server',
  registrationStart: '/v1/registration/start',
  registrationFinish: '/v1/registration/finish',
  loginStart: '/v1/login/start',
  loginFinish: '/v1/login/finish',
  recoveryStart: '/v1/recovery/start',
  recoveryFinish: '/v1/recovery/finish',
  deviceChallenge: '/v1/devices/challenge',
  deviceLogin: '/v1/devices/login',
  devices: '/v1/devices',
  session: '/v1/session',
  sessions: '/v1/sessions',
  sessionById: '/v1/sessions/:session',
  passwordStart: '/v1/password/start',
  passwordFinish: '/v1/password/finish',
  account: '/v1/account',
  vaults: '/v1/vaults',
  log: '/v1/vaults/:vault/log',
  logRead: '/v1/vaults/:vault/log/read',
  packs: '/v1/vaults/:vault/packs',
  packsRead: '/v1/vaults/:vault/packs/read',
  packsMissing: '/v1/vaults/:vault/packs/missing',
  packsChallenge: '/v1/vaults/:vault/packs/challenge',
  links: '/v1/links',
  linkById: '/v1/links/:lookup',
  // served on the share origin only
  shareOpen: '/v1/share/open',
  shareTicket: '/v1/share/ticket',
  sharePack: '/v1/share/packs/:pack',
  shareComplete: '/v1/share/complete',
  openapi: '/v1/openapi.json',
  health: '/healthz',
} as const;

/** A route with its one parameter filled in. */
const filled =
  (route: string) =>
  (value: string): string =>
    route.replace(/:\w+/, () => value);

export const logPath = filled(ROUTES.log);
export const logReadPath = filled(ROUTES.logRead);
export const packsPath = filled(ROUTES.packs);
export const packsReadPath = filled(ROUTES.packsRead);
export const packsMissingPath = filled(ROUTES.packsMissing);
export const packsChallengePath = filled(ROUTES.packsChallenge);
export const sessionPath = filled(ROUTES.sessionById);
export const linkPath = filled(ROUTES.linkById);
export const sharePackPath = filled(ROUTES.sharePack);
