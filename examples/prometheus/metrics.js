import { Counter, Gauge } from 'prom-client'

const count = (name, labelNames = []) => new Counter({ name: `events_${name}_total`, help: name, labelNames })
const readers = new Gauge({ name: 'event_readers', help: 'connections that are open' })
const [published, sent, bytes] = [count('published', ['event']), count('sent'), count('sent_bytes')]
const [closed, refused, gaps] = ['closed', 'refused', 'gaps'].map((name) => count(name, ['reason']))
export const metrics = {
  open: () => readers.inc(),
  close: (reason) => (readers.dec(), closed.inc({ reason })),
  refused: (reason) => refused.inc({ reason }),
  gap: (reason) => gaps.inc({ reason }),
  published: (event) => published.inc({ event }),
  sent: (events, size) => (sent.inc(events), bytes.inc(size)),
}
