import { describe, expect, it } from 'vitest';
import { folderOf } from '../../../src/renderer/navigate.js';
import { aView } from '../../fakes/a-view.js';

describe('folderOf', () => {
  const session = aView(1);
  const shell = aView(2, { owner: session.key });
  const below = aView(3, { owner: shell.key });
  const processes = [session, shell, below];

  it('names the row to unfold: the session, however deep the process hangs below it', () => {
    expect([shell, below].map((view) => folderOf(processes, view.key))).toEqual(['1:s1', '1:s1']);
  });

  it('tells a row of its own from one that is not there', () => {
    expect([folderOf(processes, session.key), folderOf(processes, { pid: 1, startedAt: 'another' })]).toEqual([null, undefined]);
  });
});
