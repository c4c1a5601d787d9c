import type { ReaderModel } from './reader-model.js'

/** One reader: its state, and what it has been through. */
export function ReaderCard({ model, hint }: { model: ReaderModel; hint: string }) {
  const { name, phase, lastEventId, resumedFrom, received, lost, repeated, gaps, connections, attempts } = model
  return (
    <section class={`card reader ${phase}`} aria-label={name}>
      <h2>
        {name} <span class={`pill ${phase}`}>{phase}</span>
      </h2>
      <p class="why" title={hint}>
        {hint}
      </p>
      <dl>
        <Figure name="last event ID" value={lastEventId || 'none'} />
        <Figure name="resumed after" value={resumedFrom || 'nothing'} />
        <Figure name="attempts" value={attempts} />
        <Figure name="connections" value={connections} />
        <Figure name="received" value={received} />
        <Figure name="lost" value={lost ?? '–'} isBad={(lost ?? 0) > 0} />
        <Figure name="repeated" value={repeated} isBad={repeated > 0} />
        <Figure name="gaps told" value={gaps} isBad={gaps > 0} />
      </dl>
    </section>
  )
}

export function Figure({ name, value, isBad = false }: { name: string; value: string | number; isBad?: boolean }) {
  return (
    <div class={isBad ? 'bad' : ''}>
      <dt>{name}</dt>
      <dd data-figure={name}>{value}</dd>
    </div>
  )
}
