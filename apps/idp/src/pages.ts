const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, found => escapes[found] ?? '');

export const warning =
  'For development only: this identity provider keeps passwords in a file and must never guard real records.';

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 28rem; margin: 4rem auto; padding: 0 1rem; }
label { display: block; margin: 0.75rem 0; } input { display: block; width: 100%; padding: 0.4rem; font: inherit; }
.warning { border-left: 0.3rem solid #b45309; padding: 0.5rem 0.75rem; background: #fef3c7; }
.error { color: #b91c1c; }
</style></head><body><h1>${escaped(title)}</h1><p class="warning">${escaped(warning)}</p>${body}</body></html>
`;
}

export function loginPage(tenant: string, uid: string, failed: boolean): string {
  const error = failed ? '<p class="error" role="alert">User name or password is wrong.</p>' : '';
  return page(
    `Sign in to ${tenant}`,
    `${error}<form method="post" action="/${escaped(tenant)}/interaction/${escaped(uid)}">
<label>User name <input name="username" autocomplete="username" required autofocus></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button type="submit">Sign in</button></form>`,
  );
}

export function frontPage(issuers: readonly string[]): string {
  const items = issuers
    .map(
      issuer =>
        `<li><a href="${escaped(issuer)}/.well-known/openid-configuration">${escaped(issuer)}</a></li>`,
    )
    .join('');
  return page('Development identity provider', `<p>Issuers:</p><ul>${items}</ul>`);
}
