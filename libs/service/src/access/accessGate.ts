import { decideAccess, type AccessAction, type AccessDecision, type PolicySet } from '@anamnesis/consent';
import type { Metrics } from '@anamnesis/telemetry';
import type { Caller } from '../auth/caller.js';
import { accessDenied } from '../errors.js';
import type { AccessLedger } from './accessLedger.js';

/** What a controller asks for, before it looks anything up. */
export interface AccessQuestion {
  readonly caller: Caller;
  /** As `purposeOf` gives it. */
  readonly purpose: string | undefined;
  readonly action: AccessAction;
  readonly resourceType: string;
  readonly resourceId?: string;
  readonly srid?: string;
  readonly correlationId?: string;
  readonly traceparent?: string;
  /** Age of consent and link data, milliseconds. */
  readonly inputAgeMs?: number;
}

export interface Permit {
  readonly decision: AccessDecision;
  /**
   * Writes the access with what it shows (`type/id` each); resolves when durable. Answer only then.
   * Raised: `ANM_AUDIT_UNAVAILABLE`.
   */
  record(hits: readonly string[]): Promise<void>;
}

/** Decision before the query, ledger before the answer: the one way by which controllers reach data. */
export interface AccessGate {
  /** Raised when denied, after the denial is in the ledger: `ANM_ACCESS_DENIED` (403). */
  enter(question: AccessQuestion): Promise<Permit>;
}

export interface AccessGateOptions {
  readonly policySet: PolicySet;
  readonly ledger: AccessLedger;
  readonly metrics: Metrics;
}

export function createAccessGate({ policySet, ledger, metrics }: AccessGateOptions): AccessGate {
  return {
    async enter(question) {
      const {
        caller,
        purpose,
        action,
        resourceType,
        resourceId,
        srid,
        correlationId,
        traceparent,
        inputAgeMs,
      } = question;
      const decision = decideAccess(
        { tenant: caller.tenant, actor: caller, purpose, action, resourceType, srid, inputAgeMs },
        policySet,
      );
      const { outcome, reasons, ...basis } = decision;
      const write = (hits: readonly string[]): Promise<void> =>
        ledger.record({
          tenant: caller.tenant,
          correlationId,
          traceparent,
          actor: { sub: caller.sub, roles: [...caller.roles] },
          purpose: purpose ?? '',
          action,
          resourceType,
          resourceId,
          hits: [...hits],
          outcome,
          decision: { ...basis, reasons: [...reasons] },
        });
      if (outcome === 'deny') {
        const known = policySet.rules.some(rule => rule.purposes.includes(purpose ?? ''));
        metrics.counter('consent_denials_total').inc({ purpose: known ? (purpose as string) : 'none' });
        await write([]);
        throw accessDenied({ reasons, policySet: decision.policySet, rule: decision.rule });
      }
      return { decision, record: write };
    },
  };
}
