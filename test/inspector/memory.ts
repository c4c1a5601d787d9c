import { readdirSync, readFileSync } from 'node:fs'

/** Bytes of memory that all processes below this one hold, as Linux counts them. */
export function residentBytes(): number {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = read(`/proc/${name}/stat`)
    // The name of the program stands in brackets, and may hold anything.
    if (stat) parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
  }
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid)
    return parent !== undefined && (parent === process.pid || isBelow(parent))
  }
  let pages = 0
  for (const pid of parents.keys()) if (isBelow(pid)) pages += Number(read(`/proc/${pid}/statm`)?.split(' ')[1] ?? 0)
  return pages * 4096
}

/** A process may end while it is looked at. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
