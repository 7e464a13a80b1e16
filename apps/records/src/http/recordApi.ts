import { createLate } from '@anamnesis/service';
import type { RecordReads } from '../store/reads.js';
import type { Writes } from './writes.js';

/** What the controllers need and `onStart` builds. */
export interface RecordApi {
  readonly reads: RecordReads;
  readonly writes: Writes;
}

export const RECORD_API = Symbol('record api');

export const createRecordApi = () => createLate<RecordApi>('The record');
