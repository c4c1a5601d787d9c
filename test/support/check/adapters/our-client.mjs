import { EventSource } from 'eventwire/eventsource'
import { clientOf } from './event-source.mjs'

export default clientOf(EventSource)
