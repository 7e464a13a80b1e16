import { defineError } from '@anamnesis/contracts';
import { urlOf, type Endpoints, type HttpService } from './endpoints.js';

/** Raised when a service does not answer at its address. */
export const serviceUnreachable = defineError(
  'ANM_SERVICE_UNREACHABLE',
  'retry',
  (f: { service: string; url: string }) =>
    `${f.service} does not answer at ${f.url}: start it with ./anamnesis up`,
);

/** Raised when the identity provider does not accept the user. */
export const loginRefused = defineError(
  'ANM_LOGIN_REFUSED',
  'stop',
  (f: { user: string; tenant: string; status: number }) =>
    `The identity provider refused ${f.user} in tenant ${f.tenant} (${f.status}): check ANAMNESIS_USER and its password`,
);

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or the text when it is none. */
  readonly body: unknown;
}

export interface Call {
  readonly method?: string;
  readonly purpose?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** An outside client of the services, acting as one named user of one tenant. */
export interface Session {
  readonly user: string;
  readonly tenant: string;
  call(service: HttpService, path: string, call?: Call): Promise<Answer>;
}

export interface SessionOptions {
  readonly endpoints: Endpoints;
  readonly tenant: string;
  readonly user: string;
  readonly password: string;
  /** Purpose of use named with each call unless the call names another. */
  readonly purpose: string;
}

async function tokenOf({
  endpoints,
  tenant,
  user,
  password,
}: SessionOptions): Promise<{ token: string; expires: number }> {
  const url = `${urlOf(endpoints, 'idp')}/${tenant}/token`;
  const body = new URLSearchParams({
    grant_type: 'password',
    client_id: 'anamnesis-cli',
    username: user,
    password,
  });
  const answer = await fetch(url, { method: 'POST', body }).catch((error: unknown) => {
    throw serviceUnreachable({ service: 'idp', url }, error);
  });
  if (!answer.ok) throw loginRefused({ user, tenant, status: answer.status });
  const { access_token: token, expires_in: seconds } = (await answer.json()) as {
    access_token: string;
    expires_in: number;
  };
  return { token, expires: Date.now() + (seconds - 30) * 1_000 };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * Logs in on the first call and again when the token runs out.
 * Raised when the user is refused ({@link loginRefused}) or a service is away ({@link serviceUnreachable}).
 */
export function createSession(options: SessionOptions): Session {
  let held: Promise<{ token: string; expires: number }> | undefined;
  const token = async (): Promise<string> => {
    const current = await held?.catch(() => undefined);
    if (current && current.expires > Date.now()) return current.token;
    held = tokenOf(options);
    return (await held).token;
  };
  return {
    user: options.user,
    tenant: options.tenant,
    async call(service, path, { method = 'GET', purpose = options.purpose, headers = {}, body } = {}) {
      const url = urlOf(options.endpoints, service) + path;
      const answer = await fetch(url, {
        method,
        body,
        headers: { authorization: `Bearer ${await token()}`, 'x-purpose-of-use': purpose, ...headers },
      }).catch((error: unknown) => {
        throw serviceUnreachable({ service, url: urlOf(options.endpoints, service) }, error);
      });
      return { status: answer.status, headers: answer.headers, body: parsed(await answer.text()) };
    },
  };
}
