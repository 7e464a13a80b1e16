/** What the sender knows: each message, whether it was answered AA, and the visits that the messages tell of. */
export interface SenderBooks {
  readonly messages: readonly { readonly controlId: string; readonly accepted: boolean }[];
  readonly visits: readonly {
    readonly mrn: string;
    readonly filler: string;
    readonly values: number;
    readonly registration: string;
    readonly result: string;
  }[];
}

/** What the APIs say, under the names that the sender gave: control id, filler number, MRN. */
export interface FoundBooks {
  readonly messages: ReadonlyMap<string, FoundMessage>;
  readonly reports: ReadonlyMap<string, FoundReports>;
  readonly patients: ReadonlyMap<string, FoundPatients>;
}

export interface FoundMessage {
  /** State of each message that was received under the control id. */
  readonly states: readonly string[];
  /** Decisions of the record on them. */
  readonly decisions: number;
}

export interface FoundReports {
  /** Version of each DiagnosticReport, and of each Observation of the patient. */
  readonly reports: readonly number[];
  readonly observations: readonly number[];
}

export interface FoundPatients {
  readonly patients: number;
  /** Tasks that ask for the demographics to be verified. */
  readonly tasks: number;
}

/** Differences between the books; empty lists when everything was filed once. */
export interface Balance {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
}

/**
 * Compares what was sent with what is there. A message counts as owed once it was answered AA; one that was not
 * is owed nothing, but must not be there twice either.
 */
export function balance(sent: SenderBooks, found: FoundBooks): Balance {
  const lost: string[] = [];
  const doubled: string[] = [];
  const expect = (what: string, count: number, owed: number) => {
    if (count < owed) lost.push(`${what}: ${count} of ${owed}`);
    if (count > Math.max(owed, 1)) doubled.push(`${what}: ${count}`);
  };
  const versions = (what: string, numbers: readonly number[]) => {
    for (const version of numbers) if (version > 1) doubled.push(`${what} has version ${version}`);
  };
  const accepted = new Set(sent.messages.filter(one => one.accepted).map(one => one.controlId));
  for (const controlId of accepted) {
    const { states, decisions } = found.messages.get(controlId) ?? { states: [], decisions: 0 };
    expect(`message ${controlId}`, states.length, 1);
    expect(`decision on ${controlId}`, decisions, 1);
    for (const state of states) if (state !== 'recorded') lost.push(`message ${controlId} is ${state}`);
  }
  for (const { mrn, filler, values, registration, result } of sent.visits) {
    const isRegistered = accepted.has(registration);
    const isReported = accepted.has(result);
    const { patients, tasks } = found.patients.get(mrn) ?? { patients: 0, tasks: 0 };
    expect(`Patient ${mrn}`, patients, isRegistered || isReported ? 1 : 0);
    expect(`task to verify ${mrn}`, tasks, isRegistered ? 1 : 0);
    const { reports, observations } = found.reports.get(filler) ?? { reports: [], observations: [] };
    expect(`DiagnosticReport ${filler}`, reports.length, isReported ? 1 : 0);
    versions(`DiagnosticReport ${filler}`, reports);
    const owed = isReported ? values : 0;
    if (observations.length < owed) lost.push(`Observations of ${filler}: ${observations.length} of ${owed}`);
    if (observations.length > values) doubled.push(`Observations of ${filler}: ${observations.length}`);
    versions(`an Observation of ${filler}`, observations);
  }
  return { lost, doubled };
}
