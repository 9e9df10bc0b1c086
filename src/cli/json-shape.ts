import { z } from 'zod';
import { FINDING_TYPES } from '../shared/findings.js';
import { KINDS } from '../shared/types.js';

/** What `--json` prints, version 1. Fields are only ever added within a version; docs/cli.md describes them. */
export const JSON_VERSION = 1;

export const version = z.literal(JSON_VERSION);
const status = z.enum(['normal', 'high-memory', 'old', 'possible-orphan', 'orphan']);
const leftOver = z.enum(['yes', 'no', 'unknown']);
export const kind = z.enum(KINDS);

const keyShape = z.strictObject({ pid: z.int().positive(), startedAt: z.string() });
const reasonShape = z.strictObject({ reason: z.string(), id: z.string(), message: z.string() });
const evidenceShape = z.strictObject({ id: z.string(), weight: z.enum(['for', 'against', 'info']), message: z.string() });

const processShape = z.strictObject({
  pid: z.int().positive(),
  startedAt: z.string(),
  ppid: z.int().nullable(),
  uid: z.int().nullable(),
  user: z.string().nullable(),
  kind,
  kindEvidence: z.array(evidenceShape),
  leftOver,
  leftOverEvidence: z.array(evidenceShape),
  status,
  conditions: z.array(status),
  activity: z.enum(['busy', 'waiting', 'shell', 'idle', 'unknown', 'none']),
  waitingFor: z.string().nullable(),
  activeSinceMs: z.number().nullable(),
  lastActiveMs: z.number().nullable(),
  owner: keyShape.nullable(),
  name: z.string(),
  projectDir: z.string().nullable(),
  session: z
    .strictObject({
      sessionId: z.string(),
      name: z.string().nullable(),
      version: z.string().nullable(),
      entrypoint: z.string().nullable(),
      jobId: z.string().nullable(),
    })
    .nullable(),
  memoryBytes: z.number().nullable(),
  cpuPercent: z.number().nullable(),
  tree: z.strictObject({
    memoryBytes: z.number().nullable(),
    cpuPercent: z.number().nullable(),
    count: z.int(),
    memoryIsPartial: z.boolean(),
  }),
  limitBytes: z.number().nullable(),
  startedAtMs: z.number().nullable(),
  state: z.string().nullable(),
  tty: z.string().nullable(),
  command: z.string().nullable(),
  refusal: reasonShape.nullable(),
});

/** `list --json`, and each line of `watch --json`. */
export const snapshotShape = z.strictObject({
  version,
  sequence: z.int(),
  takenAtMs: z.number(),
  complete: z.boolean(),
  host: z.strictObject({
    hostName: z.string(),
    osName: z.string(),
    memoryTotalBytes: z.number().nullable(),
    memoryUsedBytes: z.number().nullable(),
    cores: z.number(),
    load1: z.number().nullable(),
    cpuPercent: z.number().nullable(),
  }),
  totals: z.strictObject({
    processes: z.int(),
    sessions: z.int(),
    memoryBytes: z.number(),
    memoryIsPartial: z.boolean(),
    cpuPercent: z.number().nullable(),
    unreadable: z.int(),
  }),
  processes: z.array(processShape),
});

const previewShape = z.strictObject({
  verb: z.enum(['end', 'pause', 'continue', 'priority']),
  scope: z.enum(['keys', 'user', 'all', 'old', 'orphans']),
  force: z.boolean(),
  priority: z.enum(['low', 'normal', 'high']).nullable(),
  /** What has to be given with `--confirm`; null = nothing. */
  confirm: z.string().nullable(),
  takenAtMs: z.number(),
  graceMs: z.number(),
  targets: z.array(
    z.strictObject({
      pid: z.int().positive(),
      startedAt: z.string(),
      role: z.enum(['chosen', 'owned', 'separate']),
      /** The chosen line that it hangs below. */
      below: keyShape.nullable(),
      name: z.string(),
      kind,
      user: z.string().nullable(),
      memoryBytes: z.number().nullable(),
      startedAtMs: z.number().nullable(),
      leftOver,
      evidence: z.array(evidenceShape),
      warnings: z.array(evidenceShape),
      /** Whether the preview proposes it. */
      ticked: z.boolean(),
      /** Whether it was (or would be) acted on. */
      accepted: z.boolean(),
      resume: z.string().nullable(),
    }),
  ),
  excluded: z.array(
    z.strictObject({
      pid: z.int().positive(),
      startedAt: z.string(),
      name: z.string(),
      kind: kind.nullable(),
      user: z.string().nullable(),
      refusal: reasonShape,
    }),
  ),
});

/** `end`, `clean`, `pause`, `continue` and `priority` with `--json` where something was tried, was only shown, or was not there. */
export const endShape = z.strictObject({
  version,
  dryRun: z.boolean(),
  preview: previewShape,
  results: z.array(
    z.strictObject({
      pid: z.int().positive(),
      startedAt: z.string(),
      name: z.string(),
      kind: kind.nullable(),
      user: z.string().nullable(),
      outcome: z.enum(['done', 'failed', 'skipped']),
      reason: z.string().nullable(),
      id: z.string(),
      message: z.string(),
      signal: z.enum(['SIGTERM', 'SIGKILL', 'SIGSTOP', 'SIGCONT']).nullable(),
      freedBytes: z.number().nullable(),
      resume: z.string().nullable(),
    }),
  ),
  freedBytes: z.number().nullable(),
});

/** Whatever ends with a code other than 0 without having done anything; what acts adds the preview where there was one. */
export const errorShape = z.strictObject({ version, error: reasonShape, preview: previewShape.optional() });

/** `findings --json`. */
export const findingsShape = z.strictObject({
  version,
  findings: z.array(
    z.strictObject({
      type: z.enum(FINDING_TYPES),
      processes: z.array(keyShape),
      user: z.string().nullable(),
      name: z.string(),
      id: z.string(),
      message: z.string(),
    }),
  ),
});

/** `stopped --json`. */
export const stoppedShape = z.strictObject({
  version,
  stopped: z.array(
    z.strictObject({
      sessionId: z.string(),
      name: z.string(),
      projectDir: z.string().nullable(),
      user: z.string().nullable(),
      pid: z.int().positive(),
      endedAtMs: z.number(),
      action: z.string(),
      freedBytes: z.number().nullable(),
      resume: z.string().nullable(),
    }),
  ),
});

/** `logs --json`. */
export const logsShape = z.strictObject({
  version,
  matching: z.int(),
  total: z.int(),
  skipped: z.int(),
  lines: z.array(
    z.strictObject({
      at: z.string(),
      level: z.enum(['SUCCESS', 'ERROR', 'INFO']),
      action: z.string(),
      fields: z.array(z.tuple([z.string(), z.string()])),
    }),
  ),
});

/** `config list`, `get`, `set`, `unset`, `reset KEY` and `limits` with `--json`. */
export const configShape = z.strictObject({
  version,
  file: z.string(),
  /** `value`: what is in force, null = nothing; `set`: it stands in the file. */
  entries: z.array(z.strictObject({ key: z.string(), value: z.unknown(), set: z.boolean() })),
});

/** `config import`, `restore` and `reset` with `--json`. */
export const configPreviewShape = z.strictObject({
  version,
  file: z.string(),
  /** Keys that this version does not know. */
  unknown: z.int(),
  changes: z.array(z.strictObject({ key: z.string(), before: z.unknown(), after: z.unknown(), weaker: z.boolean(), applied: z.boolean() })),
});

/** `config backups --json`, newest first. */
export const backupsShape = z.strictObject({
  version,
  backups: z.array(z.strictObject({ number: z.int().positive(), name: z.string(), atMs: z.number() })),
});

/** One line of `classify`. */
export const classifyShape = z.strictObject({ id: z.string(), kind: kind.nullable(), leftOver: leftOver.nullable() });

/** `doctor --json`. */
export const doctorShape = z.strictObject({
  version,
  ok: z.boolean(),
  checks: z.array(z.strictObject({ id: z.string(), ok: z.boolean(), essential: z.boolean(), message: z.string() })),
});

export type SnapshotJson = z.infer<typeof snapshotShape>;
export type ProcessJson = SnapshotJson['processes'][number];
export type EvidenceJson = z.infer<typeof evidenceShape>;
export type ReasonJson = z.infer<typeof reasonShape>;
export type PreviewJson = z.infer<typeof previewShape>;
export type EndJson = z.infer<typeof endShape>;
export type ErrorJson = z.infer<typeof errorShape>;
export type FindingsJson = z.infer<typeof findingsShape>;
export type StoppedJson = z.infer<typeof stoppedShape>;
export type LogsJson = z.infer<typeof logsShape>;
export type ConfigJson = z.infer<typeof configShape>;
export type ConfigPreviewJson = z.infer<typeof configPreviewShape>;
export type BackupsJson = z.infer<typeof backupsShape>;
export type ClassifyJson = z.infer<typeof classifyShape>;
export type DoctorJson = z.infer<typeof doctorShape>;

/** `clear-log --json`: `lines` older than `days` were removed, or would be. */
export const logClearShape = z.strictObject({ version, dryRun: z.boolean(), days: z.number(), lines: z.int(), cleared: z.boolean() });
export type LogClearJson = z.infer<typeof logClearShape>;

const values = z.array(z.number().nullable());
const bounds = z.strictObject({ min: values, mean: values, max: values });
const measured = { memoryBytes: bounds, cpuPercent: bounds, processes: bounds };

/** `history --json`: every list is as long as `times`; null = nothing was recorded then. */
export const historyShape = z.strictObject({
  version,
  by: z.enum(['user', 'kind', 'project', 'session']),
  fromMs: z.number(),
  toMs: z.number(),
  stepMs: z.number(),
  sinceMs: z.number().nullable(),
  times: z.array(z.number()),
  hostAvailableBytes: values,
  total: z.strictObject(measured),
  series: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string().nullable(),
      session: z
        .strictObject({
          key: keyShape,
          user: z.string().nullable(),
          project: z.string().nullable(),
          kind,
          startedAtMs: z.number(),
          endedAtMs: z.number().nullable(),
        })
        .nullable(),
      ...measured,
    }),
  ),
  events: z.array(
    z.strictObject({
      id: z.int(),
      atMs: z.number(),
      kind: z.enum(['ended', 'failed', 'refused', 'alert', 'cleanup', 'respawn']),
      action: z.string(),
      user: z.string().nullable(),
      processKind: z.string().nullable(),
      count: z.int(),
      freedBytes: z.number().nullable(),
    }),
  ),
});
export type HistoryJson = z.infer<typeof historyShape>;

/** `ranking --json`. */
export const rankingShape = z.strictObject({
  version,
  fromMs: z.number(),
  toMs: z.number(),
  sinceMs: z.number().nullable(),
  recordedMs: z.number(),
  users: z.array(
    z.strictObject({
      user: z.string().nullable(),
      memoryBytes: z.number().nullable(),
      memoryByteHours: z.number(),
      cpuHours: z.number(),
      processes: z.number().nullable(),
      peakBytes: z.number().nullable(),
      sessionsEnded: z.int(),
      endedHere: z.int(),
      limitBytes: z.number(),
      maxProcesses: z.number().nullable(),
    }),
  ),
});
export type RankingJson = z.infer<typeof rankingShape>;
