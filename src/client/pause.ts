/** When a connection rests: while the page is hidden, while the browser is offline. */
export type PauseReason = 'hidden' | 'offline'

interface Host extends Partial<EventTarget> {
  document?: Partial<EventTarget> & { hidden?: boolean; visibilityState?: string }
  navigator?: { onLine?: boolean }
  window?: Host
}

export interface PauseWatch {
  active(): boolean
  stop(): void
}

/** Watches for reasons to rest. On hosts without pages there are none. */
export function watchPauses(reasons: readonly PauseReason[], onChange: () => void): PauseWatch {
  const host: Host = globalThis
  const page = reasons.includes('hidden') ? host.document : undefined
  // The same in a page. What only pretends to be one may have but the second.
  const network = reasons.includes('offline') ? (host.window ?? host) : undefined
  const listen = (method: 'addEventListener' | 'removeEventListener'): void => {
    page?.[method]?.('visibilitychange', onChange)
    network?.[method]?.('online', onChange)
    network?.[method]?.('offline', onChange)
  }
  listen('addEventListener')
  return {
    active: () =>
      !!page?.hidden || page?.visibilityState === 'hidden' || (!!network && host.navigator?.onLine === false),
    stop: () => listen('removeEventListener'),
  }
}
