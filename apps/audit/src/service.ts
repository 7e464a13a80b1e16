import { createLate, notFound, type ServiceContext, type ServiceDefinition } from '@anamnesis/service';
import { auditStatuses, LINEAGE } from './http/audit.js';
import { LedgerController } from './http/ledgerController.js';
import { MessageLineageController } from './http/messageLineageController.js';
import { OperationsController } from './http/operationsController.js';
import { ResourceLineageController } from './http/resourceLineageController.js';
import { createLineage, type Lineage } from './lineage/lineage.js';
import { translateUnderPlans, type CompiledTranslate } from './lineage/plans.js';
import { kafkaReaders, startAudit, type AuditReaders } from './processing.js';

export interface AuditParts {
  readonly compile: (content: Readonly<Record<string, unknown>>, hash: string) => CompiledTranslate;
  /** Replaces the readers of Kafka, for tests. */
  readonly readers?: (context: ServiceContext) => AuditReaders;
}

function lineageOf(context: ServiceContext, compile: AuditParts['compile']): Lineage {
  const { pool, keyring, tenants, governance } = context;
  return createLineage({
    pool,
    keyring,
    idKeyOf(tenant) {
      const found = tenants.get(tenant);
      if (!found) throw notFound('This tenant');
      return found.idKey;
    },
    interfacesOf: tenant =>
      governance
        .interfaces()
        .filter(active => active.tenant === tenant)
        .map(active => active.interface),
    translate: translateUnderPlans(governance, compile),
  });
}

/** The audit service: forwards every envelope, folds them, and answers what happened and who looked. */
export function auditService({ compile, readers = kafkaReaders }: AuditParts): ServiceDefinition {
  const lineage = createLate<Lineage>('Lineage');
  return {
    name: 'audit',
    controllers: [
      MessageLineageController,
      ResourceLineageController,
      LedgerController,
      OperationsController,
    ],
    providers: [{ provide: LINEAGE, useValue: lineage }],
    statuses: auditStatuses,
    async onStart(context, hold) {
      lineage.set(lineageOf(context, compile));
      await startAudit(context, hold, readers(context));
    },
  };
}
