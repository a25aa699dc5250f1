/** Sign-up and the three ways to sign in. */
import type { FastifyRequest } from 'fastify';
import { ROUTES } from '../../shared/protocol/index.ts';
import {
  ChallengeAnswer,
  DeviceChallengeRequest,
  DeviceLoginRequest,
  LoginFinishRequest,
  LoginStartAnswer,
  LoginStartRequest,
  RecoveryFinishRequest,
  RecoveryStartRequest,
  RegistrationFinishRequest,
  RegistrationStartAnswer,
  RegistrationStartRequest,
  SessionGrant,
} from '../../shared/protocol/schemas.ts';
import {
  challenge,
  finishLogin,
  finishRegistration,
  loginName,
  loginWithDevice,
  loginWithRecovery,
  startLogin,
  startRegistration,
} from '../domain/index.ts';
import { type App, answerGrant, checkWebOrigin, HOUR_MS, limit, MINUTE_MS, type Site } from '../middleware/index.ts';
import { answers } from './answers.ts';

/** Two genesis entries of the largest class as base64url, and the rest of the request. */
const REGISTRATION_BODY_LIMIT = 3 * 1_048_576;
const PUBLIC = { config: { access: 'public' } } as const;

export function registrationRoutes(app: App, site: Site): void {
  const { deps, config } = site;
  const starts = limit(app, config.rates.registrationPerHour, HOUR_MS);
  const finishes = limit(app, config.rates.registrationPerHour, HOUR_MS);
  app.post(
    ROUTES.registrationStart,
    {
      ...PUBLIC,
      onRequest: starts,
      schema: { body: RegistrationStartRequest, response: answers(RegistrationStartAnswer) },
    },
    async ({ body }) => ({ response: await startRegistration(deps, body.name, body.request) }),
  );
  app.post(
    ROUTES.registrationFinish,
    {
      ...PUBLIC,
      bodyLimit: REGISTRATION_BODY_LIMIT,
      onRequest: finishes,
      preHandler: checkWebOrigin(site),
      schema: { body: RegistrationFinishRequest, response: answers(SessionGrant) },
    },
    async ({ body }, reply) => answerGrant(site, reply, await finishRegistration(deps, body)),
  );
}

export function loginRoutes(app: App, site: Site): void {
  const { deps, config } = site;
  const perMinute = config.rates.loginPerMinute;
  const byAddress = limit(app, perMinute, MINUTE_MS);
  const byName = limit(app, Math.ceil(perMinute / 2), MINUTE_MS, (request) => nameKey(site, request));
  app.post(
    ROUTES.loginStart,
    {
      ...PUBLIC,
      onRequest: byAddress,
      preHandler: byName,
      schema: { body: LoginStartRequest, response: answers(LoginStartAnswer) },
    },
    async ({ body }) => startLogin(deps, body.name, body.request),
  );
  app.post(
    ROUTES.loginFinish,
    {
      ...PUBLIC,
      preHandler: checkWebOrigin(site),
      schema: { body: LoginFinishRequest, response: answers(SessionGrant) },
    },
    async ({ body }, reply) => answerGrant(site, reply, await finishLogin(deps, body)),
  );
}

export function challengeRoutes(app: App, site: Site): void {
  const { deps, config } = site;
  app.post(
    ROUTES.deviceChallenge,
    {
      ...PUBLIC,
      onRequest: limit(app, config.rates.loginPerMinute, MINUTE_MS),
      schema: { body: DeviceChallengeRequest, response: answers(ChallengeAnswer) },
    },
    async ({ body }) => ({ challenge: challenge(deps, 'device', body.deviceId) }),
  );
  app.post(
    ROUTES.deviceLogin,
    {
      ...PUBLIC,
      preHandler: checkWebOrigin(site),
      schema: { body: DeviceLoginRequest, response: answers(SessionGrant) },
    },
    async ({ body }, reply) => answerGrant(site, reply, await loginWithDevice(deps, body)),
  );
  app.post(
    ROUTES.recoveryStart,
    {
      ...PUBLIC,
      onRequest: limit(app, config.rates.recoveryPerMinute, MINUTE_MS),
      schema: { body: RecoveryStartRequest, response: answers(ChallengeAnswer) },
    },
    async ({ body }) => ({ challenge: challenge(deps, 'recovery', body.lookup) }),
  );
  app.post(
    ROUTES.recoveryFinish,
    {
      ...PUBLIC,
      preHandler: checkWebOrigin(site),
      schema: { body: RecoveryFinishRequest, response: answers(SessionGrant) },
    },
    async ({ body }, reply) => answerGrant(site, reply, await loginWithRecovery(deps, body)),
  );
}

/** The limit counts HMACs: it remembers them far longer than a sign-in does its name. */
function nameKey({ deps }: Site, request: FastifyRequest): string {
  const { name } = request.body as { name: string };
  return loginName(deps.secrets.nameKey, name).userIdentifier;
}
