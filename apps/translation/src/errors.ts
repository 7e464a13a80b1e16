import { defineError } from '@anamnesis/contracts';

/** Raised when a message is stamped with a plan that governance.events does not hold: never translate by another. */
export const planMissing = defineError(
  'ANM_PLAN_MISSING',
  'stop',
  (f: { plan: string }) =>
    `Plan ${f.plan.slice(0, 12)}… is not in governance.events: publish it, the partition waits until then`,
);

/** Raised when a message belongs to a tenant that this process has no secrets for. */
export const tenantUnknown = defineError(
  'ANM_TENANT_UNKNOWN',
  'stop',
  (f: { tenant: string }) => `Tenant ${f.tenant} is not in TENANT_SECRETS_FILE: add it or correct the cell`,
);
