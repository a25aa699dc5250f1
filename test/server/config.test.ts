import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readConfig } from '../../server/config.ts';
import { StartError } from '../../server/start-error.ts';

const PROXY = {
  HOLDFAST_BEHIND_PROXY: '1',
  HOLDFAST_ORIGIN: 'https://backup.example.org',
  HOLDFAST_SHARE_ORIGIN: 'https://share.backup.example.org',
};

describe('settings', () => {
  it('have defaults for one machine', () => {
    const config = readConfig({});
    assert.equal(config.host, '127.0.0.1');
    assert.deepEqual([config.port, config.sharePort], [8_787, 8_788]);
    assert.equal(config.registration, 'open');
    assert.match(config.version, /^\d+\.\d+\.\d+/);
    assert.deepEqual(readConfig({ HOLDFAST_PORT: '', HOLDFAST_DATA: '' }), config, 'empty is not set');
  });

  it('are taken when they are right', () => {
    const config = readConfig({ ...PROXY, HOLDFAST_HOST: '0.0.0.0', HOLDFAST_PORT: '80', HOLDFAST_QUOTA_BYTES: '5' });
    assert.deepEqual([config.host, config.port, config.quotaBytes], ['0.0.0.0', 80, 5]);
    assert.equal(readConfig({ HOLDFAST_HOST: '::1' }).host, '::1');
    assert.equal(readConfig({ HOLDFAST_ORIGIN: 'http://localhost:81' }).origin, 'http://localhost:81');
  });

  it('are refused by name when they are wrong', () => {
    const wrong: Record<string, Record<string, string>> = {
      HOLDFAST_PORT: { HOLDFAST_PORT: '65536' },
      HOLDFAST_SHARE_PORT: { HOLDFAST_SHARE_PORT: 'x' },
      'HOLDFAST_PORT and HOLDFAST_SHARE_PORT': { HOLDFAST_PORT: '9000', HOLDFAST_SHARE_PORT: '9000' },
      HOLDFAST_QUOTA_BYTES: { HOLDFAST_QUOTA_BYTES: '1e9' },
      HOLDFAST_RESERVE_BYTES: { HOLDFAST_RESERVE_BYTES: '-1' },
      HOLDFAST_REGISTRATION: { HOLDFAST_REGISTRATION: 'yes' },
      HOLDFAST_BEHIND_PROXY: { HOLDFAST_BEHIND_PROXY: 'true' },
      HOLDFAST_LOG_LEVEL: { HOLDFAST_LOG_LEVEL: 'loud' },
      HOLDFAST_RATE_LOGIN_PER_MIN: { HOLDFAST_RATE_LOGIN_PER_MIN: '0' },
      HOLDFAST_SECURITY_CONTACT: { HOLDFAST_SECURITY_CONTACT: 'me' },
      HOLDFAST_HOST: { HOLDFAST_HOST: 'example.org' },
      'plain HTTP': { HOLDFAST_HOST: '0.0.0.0' },
      'HOLDFAST_ORIGIN is missing': { HOLDFAST_BEHIND_PROXY: '1' },
      'begin with https': { ...PROXY, HOLDFAST_ORIGIN: 'http://backup.example.org' },
      'without a path': { ...PROXY, HOLDFAST_ORIGIN: 'https://backup.example.org/' },
      'set HOLDFAST_BEHIND_PROXY=1. Without it': { HOLDFAST_ORIGIN: PROXY.HOLDFAST_ORIGIN },
      'HOLDFAST_SHARE_ORIGIN is https://share': { HOLDFAST_SHARE_ORIGIN: PROXY.HOLDFAST_SHARE_ORIGIN },
      'HOLDFAST_SHARE_ORIGIN is "x"': { HOLDFAST_SHARE_ORIGIN: 'x' },
      'they must differ': { ...PROXY, HOLDFAST_SHARE_ORIGIN: PROXY.HOLDFAST_ORIGIN },
    };
    for (const [name, env] of Object.entries(wrong)) {
      assert.throws(
        () => readConfig(env),
        (error) => error instanceof StartError && error.message.includes(name),
        name,
      );
    }
  });
});
