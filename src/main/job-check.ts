import { isAbsolute, join } from 'node:path';
import type { JobCarrier, JobVerdict } from '../shared/job-owner.js';
import { jobVerdict } from '../shared/job-owner.js';
import type { FileAccess, HostileFiles } from './hostile-file.js';

/** A roster names every worker with its launch; nobody has this many. */
const ROSTER_BYTES = 1024 * 1024;

/** Whose a background job is, as the files of its daemon say it; never throws. */
export type JobCheck = (
  job: { readonly jobId: string; readonly configDir: string; readonly uid: number } & JobCarrier,
) => Promise<JobVerdict>;

/** Reads the daemon's roster and the job's state, both of the user's own writing and so as hostile as any other file. */
export const createJobCheck =
  ({ files }: { readonly files: HostileFiles }): JobCheck =>
  async (job) => {
    const { jobId, configDir, uid } = job;
    if (!isAbsolute(configDir)) return 'unknown';
    const textOf = async (access: FileAccess, path: string, most?: number): Promise<string | null> => {
      const read = await access.readText(path, uid, most);
      return read.ok ? read.value.text : null;
    };
    const seen = await files.visit(configDir, uid, async (access) => {
      const roster = await textOf(access, join(configDir, 'daemon', 'roster.json'), ROSTER_BYTES);
      return jobVerdict(jobId, job, roster, await textOf(access, join(configDir, 'jobs', jobId, 'state.json')));
    });
    return seen.ok ? seen.value : 'unknown';
  };
