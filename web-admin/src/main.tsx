import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queryClient } from './api/query-client'
import { startI18n } from './i18n'
import { router } from './routes'
import { Look } from './shell/Look'
import { signStyles } from './theme/nonce'
import './theme/base.css'

const root = document.getElementById('root')
if (root) {
  signStyles()
  await startI18n()
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <Look>
          <RouterProvider router={router} />
        </Look>
      </QueryClientProvider>
    </StrictMode>,
  )
}
