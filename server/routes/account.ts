/** The signed-in account: its session, sessions, devices, password and numbers. */
import { Type } from 'typebox';
import { ROUTES } from '../../shared/protocol/index.ts';
import {
  AccountInfo,
  Device,
  Empty,
  Id16,
  PasswordFinishRequest,
  PasswordStartRequest,
  RegistrationStartAnswer,
  SessionGrant,
  SessionList,
} from '../../shared/protocol/schemas.ts';
import {
  accountInfo,
  addDevice,
  endSession,
  finishPasswordChange,
  grant,
  listSessions,
  startPasswordChange,
} from '../domain/index.ts';
import { type App, forgetCookie, type Site, signedIn } from '../middleware/index.ts';
import { answers } from './answers.ts';

const SESSION = { config: { access: 'session' } } as const;

export function sessionRoutes(app: App, { deps }: Site): void {
  app.get(ROUTES.session, { ...SESSION, schema: { response: answers(SessionGrant) } }, async (request) =>
    grant(deps, signedIn(request)),
  );
  app.delete(ROUTES.session, { ...SESSION, schema: { response: answers(Empty) } }, async (request, reply) => {
    const { accountId, sessionId, client } = signedIn(request);
    await endSession(deps, accountId, sessionId);
    if (client === 'web') forgetCookie(reply);
    return {};
  });
  app.get(ROUTES.sessions, { ...SESSION, schema: { response: answers(SessionList) } }, async (request) =>
    listSessions(deps, signedIn(request)),
  );
  app.delete(
    ROUTES.sessionById,
    { ...SESSION, schema: { params: Type.Object({ session: Id16 }), response: answers(Empty) } },
    async (request) => {
      await endSession(deps, signedIn(request).accountId, request.params.session);
      return {};
    },
  );
}

export function accountRoutes(app: App, { deps }: Site): void {
  app.get(ROUTES.account, { ...SESSION, schema: { response: answers(AccountInfo) } }, async (request) =>
    accountInfo(deps, signedIn(request).accountId),
  );
  app.post(ROUTES.devices, { ...SESSION, schema: { body: Device, response: answers(Empty) } }, async (request) => {
    await addDevice(deps, signedIn(request), request.body);
    return {};
  });
  app.post(
    ROUTES.passwordStart,
    { ...SESSION, schema: { body: PasswordStartRequest, response: answers(RegistrationStartAnswer) } },
    async (request) => ({ response: await startPasswordChange(deps, signedIn(request), request.body.request) }),
  );
  app.post(
    ROUTES.passwordFinish,
    { ...SESSION, schema: { body: PasswordFinishRequest, response: answers(Empty) } },
    async (request) => {
      await finishPasswordChange(deps, signedIn(request), request.body);
      return {};
    },
  );
}
