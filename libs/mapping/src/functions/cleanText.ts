import type { Run } from '../run/run.js';

/** FHIR strings hold no control characters but tab and line ends: others become blanks. */
export function withoutControls(text: string): string {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isControl(code)) return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, ' ').trim();
  }
  return text;
}

const isControl = (code: number): boolean => code < 32 && code !== 9 && code !== 10 && code !== 13;

/** The same with a remark; undefined when nothing but blanks is left. */
export function cleaned(run: Run, text: string): string | undefined {
  const clean = withoutControls(text);
  if (clean !== text)
    run.remark('text/control-character', 'Control characters were replaced by blanks.', 'warning');
  return clean.trim() === '' ? undefined : clean;
}
