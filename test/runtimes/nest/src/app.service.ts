import { Injectable } from '@nestjs/common'
import { connect, type EventMap } from 'eventwire/client'
import type { EventMessage } from 'eventwire'

@Injectable()
export class AppService {
  getHello(): string {
    return 'Hello World!'
  }

  ticks(): EventMessage[] {
    return [1, 2, 3].map((id) => ({ id, event: 'tick', data: `tick ${id}` }))
  }

  async read(url: string): Promise<string[]> {
    const seen: string[] = []
    for await (const { data } of connect<EventMap>(url, { until: ({ id }) => id === '3' })) seen.push(data)
    return seen
  }
}
