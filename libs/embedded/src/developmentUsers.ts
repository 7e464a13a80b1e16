/** A person or program that the development identity provider lets in. */
export interface DevelopmentUser {
  readonly name: string;
  readonly tenant: string;
  readonly password: string;
  readonly roles: readonly string[];
  /** Purposes of use (HL7 v3 PurposeOfUse) that the user's tokens carry; a request selects among them. */
  readonly purposes: readonly string[];
}

const everyTenant = [
  { name: 'nora', roles: ['clinician', 'registrar'], purposes: ['TREAT', 'ETREAT', 'HOPERAT'] },
  { name: 'ivan', roles: ['integrator', 'operator'], purposes: ['HOPERAT', 'TREAT'] },
  { name: 'ada', roles: ['auditor', 'operator'], purposes: ['HOPERAT', 'HCOMPL', 'TREAT'] },
  { name: 'simon', roles: ['service'], purposes: ['HOPERAT'] },
] as const;

/**
 * The named users of each tenant. Roles and purposes are as this table says; passwords that exist are kept, new
 * ones come from `newPassword`.
 */
export function developmentUsers(
  tenants: readonly string[],
  found: readonly DevelopmentUser[],
  newPassword: () => string,
): DevelopmentUser[] {
  return tenants.flatMap(tenant =>
    everyTenant.map(user => ({
      ...user,
      tenant,
      password: found.find(one => one.name === user.name && one.tenant === tenant)?.password ?? newPassword(),
    })),
  );
}
