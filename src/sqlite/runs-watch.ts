/** Milliseconds between looks for what other processes have written. A `stop` is heard of in at most that. */
const LOOK = 50

interface Watcher {
  readonly token: string
  readonly what: 'records' | 'end'
  readonly wake: () => void
  /** What it was last woken for. */
  seen: string
}

/** What a watcher can see of a run. */
export interface Sight {
  readonly token: string
  readonly state: string
  readonly count: number
}

/** Where it looks. Both may throw, which puts the look off. */
export interface Lookout {
  /** Changes with whatever is written to the file, by any process. */
  version(): string
  find(key: string): Sight | undefined
}

/**
 * Those who wait for a change of a run. One timer for all, while there are any; it does not keep the process up.
 * While nothing is written to the file, a look costs one query, whatever the number of watchers.
 */
export class RunsWatch {
  private readonly _lookout: Lookout
  private readonly _byKey = new Map<string, Set<Watcher>>()
  private _timer: ReturnType<typeof setInterval> | undefined
  private _version = ''

  constructor(lookout: Lookout) {
    this._lookout = lookout
  }

  add(key: string, wanted: Omit<Watcher, 'seen'>): () => void {
    const watcher: Watcher = { ...wanted, seen: '' }
    const ofKey = this._byKey.get(key) ?? new Set()
    this._byKey.set(key, ofKey.add(watcher))
    // What has changed before this call is told with the first look.
    this._version = ''
    if (!this._timer) {
      this._timer = setInterval(() => this._look(), LOOK)
      ;(this._timer as { unref?(): void }).unref?.()
    }
    return () => {
      ofKey.delete(watcher)
      if (ofKey.size === 0 && this._byKey.get(key) === ofKey) this._byKey.delete(key)
      if (this._byKey.size === 0) this.stop()
    }
  }

  /** To be called after each change by this process, which need not wait for a look. */
  tell(key: string, sight: Sight | undefined): void {
    for (const watcher of this._byKey.get(key) ?? []) {
      const { token, what, wake } = watcher
      const hasEnded = sight?.token !== token || sight.state !== 'running'
      const seen = hasEnded ? 'ended' : what === 'records' ? String(sight.count) : '0'
      if (seen === watcher.seen) continue
      // A watcher of the end need not hear that its run goes on.
      const isNews = hasEnded || what === 'records'
      watcher.seen = seen
      if (isNews) wake()
    }
  }

  stop(): void {
    clearInterval(this._timer)
    this._timer = undefined
  }

  private _look(): void {
    try {
      const version = this._lookout.version()
      if (version === this._version) return
      for (const key of this._byKey.keys()) this.tell(key, this._lookout.find(key))
      this._version = version
    } catch {
      // A file that is locked for now says nothing. The next look tells.
    }
  }
}
