import { Test } from '@nestjs/testing'
import { parse } from 'eventwire/parser'
import { AppModule } from './app.module'
import { AppService } from './app.service'

describe('a stream of events', () => {
  it('is sent by the controller and read by the service', async () => {
    const module = await Test.createTestingModule({ imports: [AppModule] }).compile()
    const app = module.createNestApplication()
    await app.listen(0, '127.0.0.1')
    try {
      const url = `${await app.getUrl()}/events`
      expect(await app.get(AppService).read(url)).toEqual(['tick 1', 'tick 2', 'tick 3'])
      const response = await fetch(url, { headers: { accept: 'text/event-stream' } })
      expect(parse(await response.text()).map(({ event }) => event)).toEqual(['tick', 'tick', 'tick'])
    } finally {
      await app.close()
    }
  })
})
