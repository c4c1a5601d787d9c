import type { Exchange } from './exchange.js'

/** HTTP/2 sessions that brought readers: they would keep a server that closes open after the last stream. */
export class Http2Sessions {
  private readonly _open = new Set<NonNullable<Exchange['session']>>()

  /** Remembers the session of a request, if it has one, for as long as it is open. */
  add({ session }: Exchange): void {
    if (!session || this._open.has(session)) return
    this._open.add(session)
    session.once('close', () => this._open.delete(session))
  }

  /** Each ends after its last stream. */
  end(): void {
    for (const session of this._open) session.close()
  }
}
