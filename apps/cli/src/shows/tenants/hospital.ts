import type { Session } from '@anamnesis/client';
import {
  adt,
  bloodCount,
  hospitalAuthority,
  oru,
  seeded,
  syntheticPatient,
  timestamp,
} from '@anamnesis/simulation';
import type { TestStack } from '../../checks/testStack.js';
import { openSession } from '../../client/openSession.js';
import { createShowSender } from '../showSender.js';

/** People of one tenant, by what they may do. */
export interface Staff {
  readonly auditor: Session;
  readonly clinician: Session;
  readonly integrator: Session;
}

/** One tenant with a patient, a result in exception and what its messages became. */
export interface Hospital {
  readonly tenant: string;
  readonly adtInterface: string;
  readonly staff: Staff;
  readonly patient: string;
  readonly task: string;
  readonly message: string;
  readonly controlId: string;
  readonly failedMessage: string;
  /** A message that nobody has sent yet. */
  readonly unsent: string;
}

/** The same MRN everywhere: what follows must not depend on it. */
export const sharedMrn = syntheticPatient(7_000, seeded(7)).mrn;

async function staffOf(stack: TestStack, tenant: string): Promise<Staff> {
  return {
    auditor: await openSession(tenant, 'ada', 'HOPERAT', stack.env),
    clinician: await openSession(tenant, 'nora', 'TREAT', stack.env),
    integrator: await openSession(tenant, 'ivan', 'HOPERAT', stack.env),
  };
}

/** Registers the patient and sends a result that contradicts the registration. Raised when that makes no work. */
export async function openHospital(
  stack: TestStack,
  tenant: string,
  interfaces: { readonly adt: string; readonly lab: string },
  seed: number,
): Promise<Hospital> {
  const staff = await staffOf(stack, tenant);
  const sender = createShowSender(stack, staff.auditor);
  const random = seeded(seed);
  const patient = syntheticPatient(7_000, random);
  const facts = (application: string, n: number) => ({
    sender: { application, facility: tenant.toUpperCase(), authority: hospitalAuthority },
    controlId: `SHOW7${tenant.toUpperCase()}${n}`,
    at: new Date(Date.now() - 60_000 + n * 1_000),
  });
  const registration = await sender.follow(interfaces.adt, adt(facts('ADT', 1), 'A04', patient));
  const stranger = { ...patient, birthDate: timestamp(new Date(0)).slice(0, 8) };
  const failed = await sender.follow(
    interfaces.lab,
    oru(facts('LAB', 2), stranger, bloodCount(random, `SHOW7${tenant}`, 'F', 1)),
  );
  const id = registration.lineage.resources.find(({ type }) => type === 'Patient')?.id;
  const task = failed.lineage.exceptions[0]?.task?.task;
  if (!id || !task) throw new Error(`The messages of ${tenant} made no patient or no exception`);
  return {
    tenant,
    adtInterface: interfaces.adt,
    staff,
    patient: id,
    task,
    message: registration.lineage.id,
    controlId: registration.ack.controlId,
    failedMessage: failed.lineage.id,
    unsent: adt(facts('ADT', 3), 'A08', patient),
  };
}
