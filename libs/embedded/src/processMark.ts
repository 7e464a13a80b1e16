import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * What identifies a process beyond its pid. Pids are reused, so a pid alone is never reason enough to trust or
 * kill a process: `birth` is the kernel's own start mark and differs for the next owner of the pid.
 */
export interface ProcessMark {
  readonly pid: number;
  readonly birth: string;
}

/** The mark of a running process; undefined when there is none, or only a zombie waiting to be reaped. */
export function markOf(pid: number): ProcessMark | undefined {
  if (pid <= 0) return undefined;
  const birth = process.platform === 'linux' ? birthOnLinux(pid) : birthByPs(pid);
  return birth === undefined ? undefined : { pid, birth };
}

/** Whether the very process that was marked still runs. */
export function isRunning(mark: ProcessMark): boolean {
  return markOf(mark.pid)?.birth === mark.birth;
}

/** Field 22 of /proc/<pid>/stat: clock ticks from boot to the start of the process. */
function birthOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function birthByPs(pid: number): string | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const line = (stdout ?? '').trim();
  return line === '' || line.startsWith('Z') ? undefined : line.slice(line.indexOf(' ')).trim();
}
