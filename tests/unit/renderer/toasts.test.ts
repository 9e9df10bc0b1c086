import { beforeEach, describe, expect, it } from 'vitest';
import { startWords } from '../../../src/renderer/i18n.js';
import { toEnd, toEndElevated, toPause, toSetPriority } from '../../../src/renderer/requests.js';
import { announce, closeToast, describeReport, showDone, showFailure, useToasts } from '../../../src/renderer/toasts.js';
import type { ActionRequest, EndReport, EndResult } from '../../../src/shared/api.js';

const aResult = (pid: number, over: Partial<EndResult> = {}): EndResult => ({
  key: { pid, startedAt: `s${pid}` },
  name: `p${pid}`,
  kind: 'cli-session',
  user: 'dana',
  outcome: 'done',
  reason: null,
  id: 'done',
  signal: 'SIGTERM',
  freedBytes: 1,
  resume: null,
  ...over,
});
const late = (pid: number) => aResult(pid, { outcome: 'failed', reason: 'timeout', id: 'timeout' });
const skipped = (pid: number) => aResult(pid, { outcome: 'skipped', reason: 'gone', id: 'gone', values: { pid } });
const aReport = (results: readonly EndResult[], freedBytes: number | null = 3 * 1024 * 1024): EndReport => ({ results, freedBytes });

/** Says a key with its values, so that a test sees both. */
const say = (key: string, values?: Readonly<Record<string, unknown>>): string =>
  `${key}${values && Object.keys(values).length > 0 ? JSON.stringify(values) : ''}`;
const keys = [{ pid: 1, startedAt: 's1' }];
const ask = toEnd(keys, false);
const force = toEnd(keys, true);
const describeIt = (report: EndReport, request: ActionRequest = ask) => describeReport(report, request, say, 'en');

beforeEach(() => {
  startWords('en');
  useToasts.setState({ toasts: [], said: { text: '', turn: 0 } });
});

describe('describeReport', () => {
  it('names the one that ended and what it gave back, and offers to resume it', () => {
    const resume = { sessionId: 'x', cwd: '/', command: 'claude --resume x' };
    expect(describeIt(aReport([aResult(1, { resume })]))).toEqual({
      tone: 'ok',
      title: 'ui.result.endedOne{"name":"p1"}ui.result.freed{"amount":"3 MB"}',
      lines: [],
      sticky: false,
      force: null,
      resume,
      stopped: false,
      command: null,
    });
  });

  it('counts several, and leads to the list of what can be resumed', () => {
    const resume = { sessionId: 'x', cwd: '/', command: 'c' };
    expect(describeIt(aReport([aResult(1, { resume }), aResult(2, { resume })], null), force)).toEqual({
      tone: 'ok',
      title: 'ui.result.killedAll{"count":2}',
      lines: [],
      sticky: false,
      force: null,
      resume: null,
      stopped: true,
      command: null,
    });
  });

  it('tells each failure and skip with its reason, stays, and offers force for what did not end in time', () => {
    expect(describeIt(aReport([aResult(1), late(2), skipped(3)]))).toEqual({
      tone: 'bad',
      title: 'ui.result.endedSome{"done":1,"count":3}ui.result.freed{"amount":"3 MB"}',
      lines: ['ui.result.line{"name":"p2","reason":"result.timeout"}', 'ui.result.line{"name":"p3","reason":"result.gone{\\"pid\\":3}"}'],
      sticky: true,
      force: toEnd([{ pid: 2, startedAt: 's2' }], true),
      resume: null,
      stopped: false,
      command: null,
    });
  });

  it('does not offer force again after force', () => {
    expect(describeIt(aReport([late(2)]), force)).toEqual({
      tone: 'bad',
      title: 'ui.result.killedNotOne{"name":"p2"}',
      lines: ['result.timeout'],
      sticky: true,
      force: null,
      resume: null,
      stopped: false,
      command: null,
    });
  });

  it('says that nothing ended, and claims no memory for it', () => {
    expect(describeIt(aReport([skipped(1), skipped(2)], 0))).toEqual({
      tone: 'info',
      title: 'ui.result.endedNot{"count":2}',
      lines: [
        'ui.result.line{"name":"p1","reason":"result.gone{\\"pid\\":1}"}',
        'ui.result.line{"name":"p2","reason":"result.gone{\\"pid\\":2}"}',
      ],
      sticky: false,
      force: null,
      resume: null,
      stopped: false,
      command: null,
    });
  });

  it('lists six reasons and counts the rest, all of which can be forced', () => {
    const report = describeIt(aReport(Array.from({ length: 9 }, (_, index) => late(index + 1))));
    const all = Array.from({ length: 9 }, (_, index) => ({ pid: index + 1, startedAt: `s${index + 1}` }));
    expect([report.lines.length, report.lines[6], report.force]).toEqual([7, 'ui.result.more{"count":3}', toEnd(all, true)]);
  });

  it('offers the one session of many lines to be resumed', () => {
    const resume = { sessionId: 'x', cwd: '/', command: 'c' };
    const { stopped, ...toast } = describeIt(aReport([aResult(1, { resume }), aResult(2)]));
    expect([toast.resume, stopped]).toEqual([resume, false]);
  });

  it('forces as administrator what an administrator had asked to end', () => {
    expect(describeIt(aReport([late(1)]), toEndElevated(keys, false)).force).toEqual(toEndElevated(keys, true));
  });

  it('says once for the whole list that nobody could ask for a password, with the command to copy', () => {
    const refused = (pid: number) =>
      aResult(pid, { outcome: 'skipped', reason: 'denied', id: 'elevateNoAgent', values: { command: 'sudo x' }, freedBytes: null });
    expect(describeIt(aReport([refused(1), refused(2)], null), toEndElevated(keys, false))).toEqual({
      tone: 'info',
      title: 'ui.result.endedNot{"count":2}',
      lines: ['error.elevateNoAgent{"command":"sudo x"}'],
      sticky: true,
      force: null,
      resume: null,
      stopped: false,
      command: 'sudo x',
    });
  });

  it('takes a prompt that was closed as nothing bad', () => {
    const closed = (pid: number) => aResult(pid, { outcome: 'skipped', reason: 'cancelled', id: 'elevateDismissed', freedBytes: null });
    const { tone, sticky, lines } = describeIt(aReport([closed(1), closed(2)], null), toEndElevated(keys, false));
    expect([tone, sticky, lines]).toEqual(['info', false, ['result.elevateDismissed']]);
  });

  it('says what a pause did, and claims neither memory nor anything to resume or force for it', () => {
    const resume = { sessionId: 'x', cwd: '/', command: 'c' };
    expect(describeIt(aReport([aResult(1, { resume }), late(2)]), toPause(keys))).toEqual({
      tone: 'bad',
      title: 'ui.result.pausedSome{"done":1,"count":2}',
      lines: ['ui.result.line{"name":"p2","reason":"result.timeout"}'],
      sticky: true,
      force: null,
      resume: null,
      stopped: false,
      command: null,
    });
  });

  it('says that a priority was set', () => {
    expect(describeIt(aReport([aResult(1)]), toSetPriority(keys, 'low')).title).toBe('ui.result.prioritisedOne{"name":"p1"}');
  });
});

describe('toasts', () => {
  it('are shown, said once, and closed', () => {
    showDone('Copied');
    const [toast] = useToasts.getState().toasts;
    expect([toast?.title, useToasts.getState().said]).toEqual(['Copied', { text: 'Copied', turn: 1 }]);
    closeToast(toast?.id ?? -1);
    expect(useToasts.getState().toasts).toEqual([]);
  });

  it('stay for a failure and go for what the user cancelled', () => {
    showFailure({ reason: 'expired', id: 'previewExpired' });
    showFailure({ reason: 'cancelled', id: 'previewInvalid' });
    expect(useToasts.getState().toasts.map(({ tone, sticky }) => [tone, sticky])).toEqual([
      ['bad', true],
      ['info', false],
    ]);
  });

  it('show the command to run by hand where nobody could be asked for a password', () => {
    showFailure({ reason: 'denied', id: 'elevateNoAgent', values: { command: 'sudo helper 1' } });
    showFailure({ reason: 'denied', id: 'tooManyRequests' });
    expect(useToasts.getState().toasts.map(({ command }) => command)).toEqual(['sudo helper 1', null]);
  });

  it('never pile up', () => {
    for (let index = 0; index < 9; index += 1) showDone(String(index));
    expect(useToasts.getState().toasts.map((toast) => toast.title)).toEqual(['5', '6', '7', '8']);
  });

  it('are told apart when the same thing is said twice', () => {
    announce('Again');
    announce('Again');
    expect(useToasts.getState().said).toEqual({ text: 'Again', turn: 2 });
  });
});
