/** The devices that are signed in. Each can be signed out but this one, which has its own button. */
import type { SessionRow } from '../../session/index.ts';
import { Badge, Button, ErrorNote, formatAge, formatDay, Icon, text } from '../../ui/index.ts';
import { useAction, useDesk, useLoaded, useNow } from '../desk.ts';

export function SessionList() {
  const { api, checkedAt } = useDesk();
  const sessions = useLoaded(() => api.sessions(), [api, checkedAt]);
  if (sessions.error !== null) {
    return (
      <ErrorNote
        brief
        error={sessions.error}
        action={
          <Button small onClick={sessions.reload}>
            {text.app.tryAgain}
          </Button>
        }
      />
    );
  }
  return (
    <ul class="sessions">
      {sessions.value?.map((session) => (
        <SessionLine key={session.sessionId} session={session} onRevoked={sessions.reload} />
      ))}
    </ul>
  );
}

function SessionLine({ session, onRevoked }: { session: SessionRow; onRevoked: () => void }) {
  const { api, say } = useDesk();
  const now = useNow();
  const revoke = useAction(async () => {
    await api.revokeSession(session.sessionId);
    say(text.account.sessionRevoked);
    onRevoked();
  });
  const device = session.deviceName ?? text.account[session.client];
  const since = formatDay(session.createdAt);
  return (
    <li class="session">
      <Icon name={session.client === 'web' ? 'device' : 'plug'} />
      <div class="session-text">
        <p class="session-name">
          {device}
          {session.current && <Badge tone="good">{text.account.thisOne}</Badge>}
        </p>
        <p class="session-facts">
          {text.account.since(since)}, {text.account.seen(formatAge(session.lastSeenAt, now))}
        </p>
        {revoke.error !== null && <ErrorNote error={revoke.error} brief />}
      </div>
      {!session.current && (
        <Button
          small
          busy={revoke.busy}
          label={text.account.revokeSessionOf(device, since)}
          onClick={() => revoke.run()}
        >
          {text.account.revokeSession}
        </Button>
      )}
    </li>
  );
}
