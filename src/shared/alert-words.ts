import type { Alert } from './alerts.js';
import { formatAge, formatBytes, formatCpu, formatNumber, type Language } from './format.js';
import type { Say } from './tray-view.js';

const figures = ({ rule, culprit: { value, limit } }: Alert, language: Language): { readonly value: string; readonly limit: string } => {
  const show = (figure: number): string => {
    if (rule === 'memory' || rule === 'available') return formatBytes(figure, language);
    if (rule === 'cpu') return formatCpu(figure, language);
    return formatNumber(figure, language, rule === 'runtime' ? 1 : 0);
  };
  return { value: show(value), limit: show(limit) };
};

/** An alert as a title, which holds nobody's text, and a sentence about the culprit, which does: hostile. */
export const alertWords = (
  alert: Alert,
  say: Say,
  language: Language,
  nowMs: number,
): { readonly title: string; readonly body: string } => {
  const { rule, culprit, others } = alert;
  const who =
    culprit.user === null ? say('alert.who', { name: culprit.name }) : say('alert.whoOf', { name: culprit.name, user: culprit.user });
  const age = culprit.startedAtMs === null ? '' : ` ${say('alert.started', { age: formatAge(nowMs - culprit.startedAtMs) })}`;
  const more = others === 0 ? '' : ` ${say('alert.others', { count: others })}`;
  const about =
    rule === 'sessions' ? say('alert.user', { user: culprit.name }) : rule === 'available' ? say('alert.largest', { who }) : who;
  return { title: say(`alert.title.${rule}`, figures(alert, language)), body: `${about}${age}${more}` };
};
