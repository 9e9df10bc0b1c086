import { describe, expect, it } from 'vitest';
import { sayer } from '../../../src/renderer/i18n.js';

describe('sayer', () => {
  it('asks the translator only where the key or its values are others than the last time', () => {
    const asked: string[] = [];
    const say = sayer((key, values) => {
      asked.push(key);
      return `${key} ${JSON.stringify(values)}`;
    });
    const said = [
      say('a'),
      say('a'),
      say('a', { count: 1 }),
      say('a', { count: 1 }),
      say('b', { count: 1 }),
      say('a', { count: 2 }),
      say('a'),
    ];
    expect(said).toEqual(['a {}', 'a {}', 'a {"count":1}', 'a {"count":1}', 'b {"count":1}', 'a {"count":2}', 'a {}']);
    expect(asked).toEqual(['a', 'a', 'b', 'a', 'a']);
  });
});
