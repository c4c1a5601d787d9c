import { RunLimitError } from './run-limit-error.js'
import { PAGE_BYTES, type RunClaim, type RunEnd, type RunState, type RunStore, type RunView } from './run-store.js'
import { byteLength } from './byte-length.js'

/** Bytes that all runs of a store may hold together. */
const MAX_BYTES = 64 * 1024 * 1024

/** What the heap takes for a record beside its text, and for a run beside its records. */
const RECORD_COST = 64
const RUN_COST = 512

/** A sweep waits for at least this part of the time that runs are kept, so that it clears many at once. */
const SWEEP_PART = 32

interface Held extends RunClaim {
  readonly key: string
  state: RunState
  records: string[]
  bytes: number
  /** When its lease runs out, or when it goes, once it has ended. */
  until: number
}

interface Watcher {
  readonly token: string
  readonly what: 'records' | 'end'
  readonly wake: () => void
}

/**
 * Keeps runs in the memory of this process, 64 MiB in all: beyond that, the run goes that ended first. One timer
 * for all of them, while there are any; it does not keep the process up.
 */
export function createMemoryStore(now: () => number, maxBytes: number = MAX_BYTES): RunStore {
  const held = new Map<string, Held>()
  /** Those that have ended, the first to end first. */
  const ended = new Set<Held>()
  const watchers = new Map<string, Set<Watcher>>()
  let bytes = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const drop = (run: Held): void => {
    if (held.get(run.key) === run) held.delete(run.key)
    ended.delete(run)
    bytes -= run.bytes
    run.bytes = 0
    if (held.size > 0) return
    clearTimeout(timer)
    timer = undefined
  }

  const tell = (run: Held, what: 'records' | 'end'): void => {
    for (const watcher of watchers.get(run.key) ?? []) {
      if (watcher.token === run.token && (what === 'end' || watcher.what === 'records')) watcher.wake()
    }
  }

  const finish = (run: Held, state: RunEnd, at: number): void => {
    run.state = state
    run.until = at + run.keep
    ended.add(run)
    tell(run, 'end')
  }

  /** The run as it stands at this moment. */
  const find = (key: string, token?: string): Held | undefined => {
    const run = held.get(key)
    if (!run || (token !== undefined && run.token !== token)) return undefined
    if (run.state === 'running' && run.until <= now()) finish(run, 'lost', run.until)
    if (run.state === 'running' || run.until > now()) return run
    drop(run)
    return undefined
  }

  const sweep = (): void => {
    timer = undefined
    let next = Infinity
    let shortest = Infinity
    for (const { key } of held.values()) {
      const run = find(key)
      if (!run) continue
      next = Math.min(next, run.until)
      shortest = Math.min(shortest, run.keep)
    }
    if (held.size > 0) schedule(Math.max(next - now(), shortest / SWEEP_PART))
  }

  const schedule = (ms: number): void => {
    timer = setTimeout(sweep, Math.ceil(ms))
    ;(timer as { unref?(): void }).unref?.()
  }

  const makeRoom = (cost: number): void => {
    for (const run of ended) {
      if (bytes + cost <= maxBytes) return
      drop(run)
    }
    if (bytes + cost > maxBytes) throw new RunLimitError('what the memory store holds in all', maxBytes)
  }

  const grow = (run: Held, cost: number): void => {
    makeRoom(cost)
    run.bytes += cost
    bytes += cost
  }

  return {
    claim(key, claim) {
      const before = find(key)
      if (before && before.state !== 'lost') return false
      const run: Held = { ...claim, key, state: 'running', records: [], bytes: 0, until: now() + claim.lease }
      grow(run, RUN_COST + 2 * key.length)
      if (before) drop(before)
      held.set(key, run)
      if (!timer) schedule(Math.min(claim.lease, claim.keep))
      return true
    },
    append(key, token, count, records) {
      const run = find(key, token)
      if (run?.state !== 'running') return run?.state ?? 'lost'
      if (run.records.length !== count) return 'lost'
      let cost = 0
      for (const record of records) cost += byteLength(record) + RECORD_COST
      grow(run, cost)
      run.records.push(...records)
      run.until = now() + run.lease
      tell(run, 'records')
      return 'running'
    },
    renew(key, token) {
      const run = find(key, token)
      if (run?.state === 'running') run.until = now() + run.lease
      return run?.state ?? 'lost'
    },
    end(key, token, state) {
      const run = find(key, token)
      const before = run?.state
      if (before === 'running') finish(run!, state, now())
      return before
    },
    read(key, count): RunView | undefined {
      const run = find(key)
      if (!run) return undefined
      const { token, state, records, until } = run
      return {
        token,
        state,
        count: records.length,
        lease: state === 'running' ? until - now() : 0,
        records: pageOf(records, count),
      }
    },
    forget(key) {
      const run = find(key)
      if (!run) return
      drop(run)
      tell(run, 'end')
    },
    watch(key, token, what, wake) {
      const watcher = { token, what, wake }
      const ofKey = watchers.get(key) ?? new Set()
      watchers.set(key, ofKey.add(watcher))
      return () => {
        ofKey.delete(watcher)
        if (ofKey.size === 0 && watchers.get(key) === ofKey) watchers.delete(key)
      }
    },
    close() {
      for (const run of held.values()) drop(run)
    },
  }
}

function pageOf(records: readonly string[], count: number): string[] {
  let length = 0
  let end = count
  while (end < records.length && (end === count || length < PAGE_BYTES)) length += records[end++]!.length
  return records.slice(count, end)
}
