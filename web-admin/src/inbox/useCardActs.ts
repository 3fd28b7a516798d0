import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { applyAgain, type Card, sendAgain } from '@/api/queries/inbox'
import { word } from '@/i18n'
import type { May } from '@/ui/Act'
import { useTell } from '@/ui/useTell'
import type { Differs } from './alike'
import type { Doing } from './CardButtons'
import { hold, undo } from './held'

type Asked = { what: 'refuse' | 'settle' | 'takeBack'; cards: Card[] }

export interface Acts {
  doing: Doing
  undo: () => void
  tellWhy: (why: Differs) => void
  asked: Asked | null
  close: () => void
  moveOn: (gone: Card[]) => void
}

/** What buttons and keys do: to what is selected, or else to the card in focus. */
export function useCardActs({
  current,
  selected,
  moveOn,
  cameBack,
}: {
  current: Card | undefined
  selected: Card[]
  moveOn: (gone: Card[]) => void
  cameBack: (back: Card[]) => void
}): Acts {
  const { t } = useTranslation()
  const tell = useTell()
  const navigate = useNavigate()
  const [asked, setAsked] = useState<Asked | null>(null)
  const replay = useMutation(applyAgain)
  const retry = useMutation(sendAgain)
  const targets = selected.length > 0 ? selected : current ? [current] : []

  /** Whether it is allowed; where it is not, says why. */
  const allowed = (may: May | null | undefined): boolean => {
    if (may?.allowed) return true
    tell.note(may?.why ? word('problems', may.why) : t(may ? 'ui.notAllowed' : 'inbox.notToDecide'))
    return false
  }
  const decidable = () =>
    targets.length > 0 && targets.every((c) => !c.said && !c.can.withdraw && allowed(c.can.decide))

  const doing: Doing = {
    approve: () => {
      const plan = selected.length === 0 ? current?.can.submit : undefined
      if (plan && current) {
        if (!allowed(plan)) return
        hold('submit', [current])
        moveOn([current])
      } else if (decidable()) {
        hold('approve', targets)
        moveOn(targets)
      }
    },
    refuse: () => {
      if (decidable()) setAsked({ what: 'refuse', cards: targets })
    },
    again: () => {
      if (!current) return
      const ends = (text: string) => ({ onSuccess: () => tell.done(text), onError: tell.failed })
      if (current.can.replay && allowed(current.can.replay)) replay.mutate(current.object.id, ends(t('inbox.replayed')))
      else if (current.can.retry && allowed(current.can.retry))
        retry.mutate(current.object.id, ends(t('inbox.retried')))
    },
    settle: () => {
      if (current?.can.resolve && allowed(current.can.resolve)) setAsked({ what: 'settle', cards: [current] })
    },
    takeBack: () => {
      if (current?.can.withdraw && allowed(current.can.withdraw)) setAsked({ what: 'takeBack', cards: [current] })
    },
    open: () => {
      if (!current) return
      const { kind, id } = current.leads_to ?? current.object
      if (kind === 'departure') void navigate({ to: '/departures/$id', params: { id }, search: {} })
      else if (kind === 'instruction') void navigate({ to: '/instructions/$id', params: { id } })
      else if (kind === 'message') void navigate({ to: '/settings/messages', search: { message: id } })
      else if (kind === 'certification') void navigate({ to: '/people/certification', search: { list: id } })
      else if (kind === 'contest') void navigate({ to: '/contests', search: {} })
      else if (kind === 'membership') void navigate({ to: '/people/$id', params: { id } })
      else if (kind === 'connector') {
        const inventory = current.object.kind === 'inventory' ? current.object.id : undefined
        void navigate({ to: '/settings/connectors', search: { connector: id, inventory } })
      } else if (kind === 'holding') void navigate({ to: '/records', search: { object: id } })
      else void navigate({ to: '/settings/health' })
    },
  }
  return {
    doing,
    undo: () => {
      const back = undo()
      if (back.length > 0) cameBack(back)
    },
    tellWhy: (why) => tell.note(word('inbox.differs', why)),
    asked,
    close: () => setAsked(null),
    moveOn,
  }
}
