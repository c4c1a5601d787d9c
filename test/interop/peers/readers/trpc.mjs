export default {
  name: '@trpc/client, httpSubscriptionLink',
  kind: 'reader',
  order: 65,
  npm: ['@trpc/client', 'eventsource'],
  ci: true,
  without: { gap: 'it listens to the events of tRPC alone' },
  dialect: {
    type: 'message',
    message: (text, id) => ({ data: JSON.stringify(text), id }),
    begin: [{ event: 'connected', data: {} }],
    end: [{ event: 'return', data: '' }],
  },
  async read(url, { onEvent, onEnd }) {
    const { createTRPCClient, httpSubscriptionLink } = await import('@trpc/client')
    const { EventSource } = await import('eventsource')
    const client = createTRPCClient({ links: [httpSubscriptionLink({ url, EventSource })] })
    const { unsubscribe } = client.texts.subscribe(undefined, {
      onData: (value) => onEvent({ data: typeof value === 'string' ? value : value.data }),
      onError: onEnd,
      onComplete: () => onEnd('end'),
    })
    return { close: unsubscribe }
  },
}
