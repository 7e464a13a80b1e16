import type { Late } from '@anamnesis/service';
import type { Lineage } from '../lineage/lineage.js';

/** Injection token of {@link Lineage}, which exists once the service has started. */
export const LINEAGE = Symbol('lineage');
export type LateLineage = Late<Lineage>;

/** Status of each of audit's coded errors. */
export const auditStatuses: Readonly<Record<string, number>> = {
  ANM_BAD_REQUEST: 400,
  ANM_PATH_AMBIGUOUS: 400,
  ANM_NOT_FOUND: 404,
  ANM_RAW_NOT_KEPT: 404,
  ANM_FIELD_NOT_FROM_MESSAGE: 404,
  ANM_LINEAGE_MISMATCH: 409,
  ANM_PLAN_UNKNOWN: 409,
  ANM_NOT_TRANSLATED: 409,
  ANM_ERASED: 410,
};
