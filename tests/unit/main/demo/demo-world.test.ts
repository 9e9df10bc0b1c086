import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Core, createCore } from '../../../../src/main/core.js';
import { FIRST_DEMO_PID } from '../../../../src/main/demo/actors.js';
import { createDemoWorld } from '../../../../src/main/demo/demo-world.js';
import type { ActionRequest, Preview } from '../../../../src/shared/api.js';
import type { ProcessView, Snapshot } from '../../../../src/shared/types.js';
import { createLab, isAlive, type Lab } from '../../../fixtures/lab.js';

const request = (part: Partial<ActionRequest> & Pick<ActionRequest, 'scope'>): ActionRequest => ({
  ...{ verb: 'end', force: false, priority: null, minAgeMinutes: null, elevated: false },
  ...part,
});

describe('the demo', () => {
  let core: Core;
  const look = async (): Promise<Snapshot> => (await core.looker.look()).snapshot;
  const named = async (name: string): Promise<ProcessView> => {
    const found = (await look()).processes.find((view) => view.name === name);
    if (found === undefined) throw new Error(`nobody is called ${name}`);
    return found;
  };
  const preview = async (asked: ActionRequest): Promise<Preview> => {
    const answer = await core.actions.previewAction(asked, { caller: 'test' });
    if (!answer.ok) throw new Error(answer.failure.id);
    return answer.value;
  };
  const perform = async (asked: ActionRequest) => {
    const frozen = await preview(asked);
    const keys = frozen.targets.map(({ key }) => key);
    const report = await core.actions.performAction({ token: frozen.token ?? '', keys, confirmation: frozen.confirm, caller: 'test' });
    if (!report.ok) throw new Error(report.failure.id);
    return report.value;
  };

  beforeEach(() => {
    core = createCore(createDemoWorld());
  });
  afterEach(async () => {
    core.close();
    core.leave();
    expect(existsSync(core.paths.stateDir)).toBe(false);
  });

  it('shows sessions of several users, with servers, left-overs and everything in between', async () => {
    const { processes, totals } = await look();
    expect(totals.sessions).toBeGreaterThanOrEqual(28);
    expect(new Set(processes.map(({ user }) => user)).size).toBe(6);
    const kinds = new Set(processes.map(({ kind }) => kind));
    for (const kind of [
      'cli-session',
      'ide-session',
      'sdk-worker',
      'bg-session',
      'teammate',
      'mcp-server',
      'tool-shell',
      'daemon',
    ] as const)
      expect(kinds).toContain(kind);
    expect(new Set(processes.flatMap(({ conditions }) => conditions))).toEqual(
      new Set(['normal', 'high-memory', 'old', 'orphan', 'possible-orphan']),
    );
    expect(new Set(processes.map(({ activity }) => activity))).toEqual(new Set(['busy', 'waiting', 'shell', 'idle', 'unknown', 'none']));
  });

  it('has pids that no system hands out', async () => {
    const reading = await core.platform.read();
    const others = reading.processes.filter(({ key }) => key.pid !== 1 && key.pid !== process.pid);
    expect(others.length).toBeGreaterThan(60);
    expect(others.filter(({ key }) => key.pid < FIRST_DEMO_PID)).toEqual([]);
  });

  describe('when things are ended', () => {
    let lab: Lab;
    let real: readonly number[];
    beforeEach(async () => {
      lab = createLab();
      const session = await lab.session({ servers: [{ name: 'server-real' }] });
      real = [session.pid, ...session.children, await lab.orphanServer(), await lab.bystander()];
    });
    afterEach(async () => {
      expect(real.filter((pid) => !isAlive(pid))).toEqual([]);
      await lab.close();
    });

    it('ends one session with its servers, in the script alone', async () => {
      const kill = vi.spyOn(process, 'kill');
      const session = await named('api-gateway');
      const report = await perform(request({ scope: { type: 'keys', keys: [session.key] } }));
      expect(report.results.filter(({ outcome }) => outcome !== 'done')).toEqual([]);
      const { processes } = await look();
      expect(processes.filter(({ key, owner }) => key.pid === session.key.pid || owner?.pid === session.key.pid)).toEqual([]);
      expect(kill.mock.calls.filter(([, signal]) => signal !== 0)).toEqual([]);
    });

    it('kills one that does not obey, and what it leaves is left over', async () => {
      const kill = vi.spyOn(process, 'kill');
      const session = await named('changelog');
      const asked = await perform(request({ scope: { type: 'keys', keys: [session.key] } }));
      expect(asked.results.map(({ outcome, reason }) => ({ outcome, reason }))).toEqual([{ outcome: 'failed', reason: 'timeout' }]);
      const forced = await perform(request({ scope: { type: 'keys', keys: [session.key] }, force: true }));
      expect(forced.results.map(({ outcome }) => outcome)).toEqual(['done']);
      expect(kill.mock.calls.filter(([, signal]) => signal !== 0)).toEqual([]);
    });

    it('stops a background session and asks an administrator without running anything', async () => {
      const background = await named('review-pr-812');
      const stopped = await perform(request({ scope: { type: 'keys', keys: [background.key] } }));
      expect(stopped.results.map(({ outcome, id }) => ({ outcome, id }))).toEqual([{ outcome: 'done', id: 'stopped' }]);
      const foreign = await named('docs');
      expect(foreign.refusal).toMatchObject({ reason: 'denied', id: 'otherUser' });
      const ended = await perform(request({ scope: { type: 'keys', keys: [foreign.key] }, elevated: true }));
      expect(ended.results.filter(({ outcome }) => outcome !== 'done')).toEqual([]);
      expect((await look()).processes.some(({ name }) => name === 'docs' || name === 'review-pr-812')).toBe(false);
    });
  });
});
