import { createServer } from 'node:http'
import { listening } from '../../lib/server-scene.mjs'

export default {
  name: 'graphql-sse',
  kind: 'server',
  order: 61,
  npm: ['graphql-sse', 'graphql'],
  ci: true,
  exchanges: ['plain', 'lines', 'unicode', 'separators', 'big', 'end'],
  about: "`until: ({ event }) => event === 'complete'` knows its end; data is the JSON of a result.",
  fields: ['data'],
  endsWith: 'end',
  text: ({ event, data }) => (event === 'next' ? JSON.parse(data).data.texts : undefined),
  request: (name) => ({
    path: '/',
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: `subscription { texts(name: "${name}") }` }),
    until: ({ event }) => event === 'complete',
  }),
  async serve(port, plan) {
    const { createHandler } = await import('graphql-sse/lib/use/http')
    const { GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } = await import('graphql')
    const texts = {
      type: GraphQLString,
      args: { name: { type: new GraphQLNonNull(GraphQLString) } },
      async *subscribe(_, { name }) {
        const { messages, end } = plan(name)
        for (const { data } of messages) yield { texts: data }
        if (!end) await new Promise(() => {})
      },
    }
    const schema = new GraphQLSchema({
      query: new GraphQLObjectType({ name: 'Query', fields: { none: { type: GraphQLString } } }),
      subscription: new GraphQLObjectType({ name: 'Subscription', fields: { texts } }),
    })
    return listening(createServer(createHandler({ schema })), port)
  },
}
