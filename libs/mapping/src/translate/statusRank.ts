/**
 * How final a result is: a lower rank never overwrites a higher one (blueprint §6). Encounters have none, because a
 * cancelled discharge leads back to a visit in progress.
 */
const ranks: Readonly<Record<string, number>> = {
  unknown: 0,
  registered: 0,
  partial: 1,
  preliminary: 1,
  final: 2,
  amended: 3,
  corrected: 3,
  appended: 3,
  cancelled: 4,
  'entered-in-error': 4,
};

export function statusRank(type: string, status: unknown): number | undefined {
  if (type !== 'Observation' && type !== 'DiagnosticReport') return undefined;
  return typeof status === 'string' ? ranks[status] : undefined;
}
