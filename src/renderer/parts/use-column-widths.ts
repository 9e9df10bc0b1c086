import { useMemo } from 'react';
import { formatMegabytes, formatNumber } from '../../shared/format.js';
import { COLUMNS, type ColumnId, columnWidths, SORT_IDS, type Widths } from '../columns.js';
import { type Say, useLanguage, useWords } from '../i18n.js';
import { ACTIVITY_ICONS, STATUS_ICONS } from './kind-icons.js';

const ICON_PX = 20;
/** What the arrow of a sorted head needs beyond the gap beside it. */
const ARROW_PX = 7;
/** Canvas sets figures proportionally, the page sets them tabular. */
const SLACK_PX = 2;

const measurer = (): ((text: string, size: number, weight: number) => number) => {
  const context = document.createElement('canvas').getContext('2d');
  const family = getComputedStyle(document.body).fontFamily;
  return (text, size, weight) => {
    if (!context) return 0;
    context.font = `${weight} ${size}px ${family}`;
    return context.measureText(text).width;
  };
};

/** The widest texts of each column whose text is never cut off. */
const samples = (id: ColumnId, say: Say, language: 'en' | 'pt-BR'): readonly string[] => {
  switch (id) {
    case 'status':
      return Object.keys(STATUS_ICONS).map((status) => say(`status.${status}`));
    case 'activity':
      return Object.keys(ACTIVITY_ICONS).map((activity) => say(`activity.${activity}`));
    case 'memory':
      return [`≥ ${formatMegabytes(88_888 * 1024 * 1024, language)}`];
    case 'cpu':
      return [formatNumber(1688, language)];
    case 'age':
    case 'active':
      return ['88 d 08 h', '18 h 08 m'];
    case 'pid':
      // 4194304 is the most that Linux hands out.
      return ['8888888'];
    default:
      return [];
  }
};

/** How wide each column must be in this language and this font, so that no number and no status is ever cut off. */
export const useColumnWidths = (): Widths => {
  const say = useWords();
  const language = useLanguage();
  return useMemo(() => {
    const measure = measurer();
    return columnWidths((id) => {
      const icon = id === 'status' || id === 'activity' ? ICON_PX : 0;
      const head = measure(say(`ui.head.${id}`), 11, 600) + (SORT_IDS.some((sort) => sort === id) ? ARROW_PX : 0);
      const texts = samples(id, say, language).map((text) => measure(text, 13, COLUMNS[id].numeric ? 400 : 500) + icon + SLACK_PX);
      return Math.max(id === 'name' ? 0 : head, ...texts);
    });
  }, [say, language]);
};
