import { useEffect, useState } from 'preact/hooks'
import { Controls } from './controls.js'
import { RatePlot } from './rate-plot.js'
import type { ReaderModel, Row } from './reader-model.js'
import type { Session } from './session.js'
import { TargetForm } from './target-form.js'
import { Timeline } from './timeline.js'
import type { WireLine } from './wire-lines.js'
import { WindowedList } from './windowed-list.js'

/** The page is drawn so often, however many events come. */
const FRAME_MS = 100

export function App({ session }: { session: Session }) {
  const [, setFrame] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setFrame((frame) => frame + 1), FRAME_MS)
    return () => clearInterval(timer)
  }, [])
  const { ours, browsers, config, problem, models } = session
  return (
    <main>
      <header>
        <h1>eventwire inspector</h1>
        <p class="address">
          {config === undefined
            ? 'starting'
            : `${config.method} ${config.isStage ? 'a server of numbered ticks' : config.url}`}
        </p>
      </header>
      <p class="lead">
        Two readers on one stream. Break it, and watch: a reader that lost its connection comes back and says which
        event it had last (<code>Last-Event-ID</code>); the server sends what followed. That is a <em>resume</em>:
        nothing lost, nothing twice.
      </p>
      <Controls session={session} />
      <p class="problem" role="alert">
        {problem}
      </p>
      <div class="readers">
        <ReaderCard model={ours} />
        <ReaderCard model={browsers} />
      </div>
      <Timeline models={models} marks={session.marks} />
      <div class="pair">
        <section class="card" aria-labelledby="wire-title">
          <h2 id="wire-title">On the wire</h2>
          <WindowedList label="Lines on the wire" items={session.wire.lines} render={wireRow} />
        </section>
        <section class="card" aria-labelledby="events-title">
          <h2 id="events-title">Events</h2>
          <WindowedList label="Events as parsed" items={ours.rows} render={eventRow} />
        </section>
      </div>
      <div class="pair">
        <RatePlot models={models} />
        <section class="card" aria-labelledby="log-title">
          <h2 id="log-title">What happened</h2>
          <Happenings session={session} />
        </section>
      </div>
      <TargetForm session={session} />
      <footer>All of this stays on your machine.</footer>
    </main>
  )
}

function ReaderCard({ model }: { model: ReaderModel }) {
  const { name, phase, why, lastEventId, resumedFrom, received, lost, repeated, gaps, connections } = model
  return (
    <section class={`card reader ${phase}`} aria-label={name}>
      <h2>
        {name} <span class={`pill ${phase}`}>{phase}</span>
      </h2>
      <p class="why">{why}</p>
      <dl>
        <Figure name="last event ID" value={lastEventId || 'none'} />
        <Figure name="resumed after" value={resumedFrom || 'nothing'} />
        <Figure name="connections" value={connections} />
        <Figure name="received" value={received} />
        <Figure name="lost" value={lost ?? '–'} isBad={(lost ?? 0) > 0} />
        <Figure name="repeated" value={repeated} isBad={repeated > 0} />
        <Figure name="gaps told" value={gaps} isBad={gaps > 0} />
      </dl>
    </section>
  )
}

function Figure({ name, value, isBad = false }: { name: string; value: string | number; isBad?: boolean }) {
  return (
    <div class={isBad ? 'bad' : ''}>
      <dt>{name}</dt>
      <dd data-figure={name}>{value}</dd>
    </div>
  )
}

function Happenings({ session: { log } }: { session: Session }) {
  const items = []
  for (let number = log.last - 1; number >= Math.max(log.first, log.last - 30); number--) {
    const { at, text } = log.at(number)!
    items.push(
      <li key={number}>
        <time>{new Date(at).toTimeString().slice(0, 8)}</time> {text}
      </li>,
    )
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div class="happenings" role="log" aria-live="polite" aria-labelledby="log-title" tabIndex={0}>
      <ol>{items}</ol>
    </div>
  )
}

const wireRow = ({ text, end, isNote }: WireLine) => (
  <code class={isNote ? 'note' : text.startsWith(':') ? 'comment' : ''}>
    {text}
    <span class="end">{end}</span>
  </code>
)

const eventRow = ({ event, id, data }: Row) => (
  <code class={event === 'reset' ? 'gap' : ''}>
    <b>{event}</b> <i>{id}</i> {data}
  </code>
)
