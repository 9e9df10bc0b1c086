import { useCallback } from 'react';
import { cleanText } from '../../shared/redact.js';
import { useWords } from '../i18n.js';

interface Named {
  readonly id: string;
  readonly name: string | null;
}

const lastPart = (path: string): string => path.split(/[/\\]/).findLast((part) => part !== '') ?? path;

/** A project by the last folder of its path; null = none. */
export const projectName = (path: string | null): string | null => (path === null ? null : cleanText(lastPart(path), 80));

/** What a group of a chart is called: its user, its project's folder, its kind in words, "others", or "unknown". */
export const useGroupName = (): ((group: Named) => string) => {
  const say = useWords();
  return useCallback(
    ({ id, name }) => {
      if (id === 'other') return say('analytics.others');
      if (name === null) return say('analytics.unknown');
      if (id.startsWith('kind:')) return say(`kind.${name}`);
      return id.startsWith('project:') ? (projectName(name) ?? name) : cleanText(name, 80);
    },
    [say],
  );
};
