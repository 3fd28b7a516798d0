import { QueryClient } from '@tanstack/react-query'
import { ProblemError } from './problem'

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The connection itself waits for the server and says so; paused silently, nobody would know.
      networkMode: 'always',
      staleTime: 15_000,
      refetchOnWindowFocus: true,
      // What the server refused it refuses again; what did not arrive, the connection sends again by itself.
      retry: (count, error) => !(error instanceof ProblemError) && count < 2,
    },
    // A mutation waits in the connection until the server answers; it is never given up for being offline.
    mutations: { networkMode: 'always', retry: false },
  },
})
