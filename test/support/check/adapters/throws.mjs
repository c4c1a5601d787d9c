throw new Error('not\ntoday')
