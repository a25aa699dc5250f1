/** Every path of the wire contract. `:name` marks a parameter; `route` is the template, the functions fill it in. */

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
  packsMissing: '/v1/vaults/:vault/packs/missing',
  packsChallenge: '/v1/vaults/:vault/packs/challenge',
  pack: '/v1/vaults/:vault/packs/:pack',
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

export const logPath = (vault: string): string => `/v1/vaults/${vault}/log`;
export const packPath = (vault: string, pack: string): string => `/v1/vaults/${vault}/packs/${pack}`;
export const packsMissingPath = (vault: string): string => `/v1/vaults/${vault}/packs/missing`;
export const packsChallengePath = (vault: string): string => `/v1/vaults/${vault}/packs/challenge`;
export const sessionPath = (session: string): string => `/v1/sessions/${session}`;
export const linkPath = (lookup: string): string => `/v1/links/${lookup}`;
export const sharePackPath = (pack: string): string => `/v1/share/packs/${pack}`;
