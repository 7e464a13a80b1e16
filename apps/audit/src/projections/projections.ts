import { access } from './access.js';
import { exceptions } from './exceptions.js';
import { hops } from './hops.js';
import { origins } from './origins.js';
import type { AuditProjection } from './projection.js';
import { work } from './work.js';

/** Everything that audit keeps; each can be thrown away and folded again to the same bytes. */
export const auditProjections: readonly AuditProjection[] = [hops, origins, exceptions, work, access];
