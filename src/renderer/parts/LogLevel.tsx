import { useWords } from '../i18n.js';
import type { LogLevel } from '../log-view.js';
import { Icon, type IconName } from './Icon.js';

const LOOKS: Readonly<Record<LogLevel, readonly [icon: IconName, tone: string]>> = {
  SUCCESS: ['check', 'c-ok'],
  ERROR: ['error', 'c-bad'],
  INFO: ['info', 't2'],
};

/** A level's shape in its hue; the word stands beside it. */
export const LevelIcon = ({ level }: { readonly level: LogLevel }) => (
  <span className={LOOKS[level][1]}>
    <Icon name={LOOKS[level][0]} size="sm" />
  </span>
);

/** A level as shape, word and hue. */
export const LevelWord = ({ level }: { readonly level: LogLevel }) => {
  const say = useWords();
  return (
    <span className={`st ${LOOKS[level][1]}`}>
      <Icon name={LOOKS[level][0]} />
      <span>{say(`log.level.${level}`)}</span>
    </span>
  );
};
