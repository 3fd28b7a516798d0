import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { AutoComplete, Button, Form, Input } from 'antd'
import { useEffect, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemError } from '@/api/problem'
import { type Revealed, requestAccess, revealContent, type Side, whyQuery } from '@/api/queries/holdings'
import type { Instruction } from '@/api/queries/instructions'
import { word } from '@/i18n'
import { instant } from '@/ui/format'
import { Loaded, problemText } from '@/ui/Page'
import { Strip } from '@/ui/Strip'
import shared from '@/ui/shared.module.css'
import { useTell } from '@/ui/useTell'
import css from './Reveal.module.css'
import { Said } from './Said'

interface Asked {
  field?: string
  purpose: string
  reason: string
}

/** One value in full, for some minutes and on record: why it must be seen is said before, who looks stands across it. */
export function Reveal({ id, side, permitting }: { id: string; side: Side; permitting: Instruction[] }) {
  const { t } = useTranslation()
  const reveal = useMutation(revealContent)
  const [asked, setAsked] = useState<Asked | null>(null)
  const purposes = [...new Set(permitting.filter((i) => i.scope.operations.includes('reveal')).map((i) => i.purpose))]
  const ask = (written: Asked) => {
    const question = { ...written, field: written.field?.trim() || undefined, purpose: written.purpose.trim() }
    setAsked(question)
    reveal.mutate({ id, ...question })
  }
  const refused = reveal.error instanceof ProblemError ? reveal.error : null
  return (
    <section className={css.reveal} aria-labelledby="reveal">
      <h3 id="reveal">{t('holdings.reveal')}</h3>
      {reveal.data ? (
        <Shown revealed={reveal.data} onHide={reveal.reset} />
      ) : (
        <>
          <p className={shared.soft}>{t('holdings.revealHelp')}</p>
          <Form<Asked> layout="vertical" requiredMark={false} className={css.fields} onFinish={ask}>
            <Form.Item
              name="purpose"
              label={t('holdings.revealPurpose')}
              rules={[{ required: true, whitespace: true, message: t('instructions.needPurpose') }]}
            >
              <AutoComplete
                aria-label={t('holdings.revealPurpose')}
                maxLength={200}
                options={purposes.map((p) => ({ value: p, label: word('purposes', p) }))}
              />
            </Form.Item>
            <Form.Item name="field" label={t('holdings.revealField')}>
              <Input maxLength={100} spellCheck={false} />
            </Form.Item>
            <Form.Item
              name="reason"
              label={t('ui.reason')}
              className={css.wide}
              rules={[{ required: true, whitespace: true, message: t('ui.reasonNeeded') }]}
            >
              <Input.TextArea rows={2} maxLength={2000} showCount />
            </Form.Item>
            <Button htmlType="submit" loading={reveal.isPending} className={css.start}>
              {t('holdings.revealNow')}
            </Button>
          </Form>
        </>
      )}
      <div aria-live="polite" className={css.outcome}>
        {refused && asked && <Refused id={id} side={side} asked={asked} error={refused} />}
      </div>
    </section>
  )
}

const SECOND_MS = 1_000

/** The value, who looks at it written across, and how long it stays. */
function Shown({ revealed, onHide }: { revealed: Revealed; onHide: () => void }) {
  const { t } = useTranslation()
  const pattern = useId()
  // Counted from here: the clock of this machine may go differently from the server's.
  const [until] = useState(() => Date.now() + revealed.seconds * SECOND_MS)
  const [left, setLeft] = useState(revealed.seconds)
  useEffect(() => {
    const tick = setInterval(() => {
      const seconds = Math.ceil((until - Date.now()) / SECOND_MS)
      if (seconds <= 0) onHide()
      else setLeft(seconds)
    }, SECOND_MS / 2)
    return () => clearInterval(tick)
  }, [until, onHide])
  const [who, at] = [revealed.watermark.split(' ')[0] ?? '', revealed.watermark.split(' ')[1] ?? '']
  const mark = `${who} ${at ? instant(at) : ''}`.trim()
  return (
    <>
      <div className={css.value}>
        <pre>{revealed.text ?? revealed.base64}</pre>
        {/* Drawn, not written: nothing of it is selected with the value, and below it is said in words. */}
        <svg className={css.marks} aria-hidden="true">
          <pattern
            id={pattern}
            width={MARK_WIDTH}
            height={64}
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(-16)"
          >
            <text y={24}>{mark}</text>
            <text x={-MARK_WIDTH / 2} y={56}>
              {mark}
            </text>
            <text x={MARK_WIDTH / 2} y={56}>
              {mark}
            </text>
          </pattern>
          <rect width="100%" height="100%" fill={`url(#${pattern})`} />
        </svg>
      </div>
      <div className={css.left}>
        <span role="timer">
          {t('holdings.revealLeft', { time: `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}` })}
        </span>
        <span className={shared.soft}>{t('holdings.revealMarked', { mark })}</span>
        <Button size="small" onClick={onHide}>
          {t('holdings.revealHide')}
        </Button>
      </div>
    </>
  )
}

/** As far as a staff number and a time reach, and some room. */
const MARK_WIDTH = 220

/** Why not, and what to ask for. */
function Refused({ id, side, asked, error }: { id: string; side: Side; asked: Asked; error: ProblemError }) {
  const { t } = useTranslation()
  const tell = useTell()
  const why = useQuery({
    ...whyQuery(id, { subject: side.subject_id, operation: 'reveal', purpose: asked.purpose }),
    enabled: error.isForbidden,
  })
  const request = useMutation({ ...requestAccess, onError: tell.failed })
  if (!error.isForbidden) {
    return (
      <Strip tone="danger">
        {problemText(error)} {error.problem.help}
      </Strip>
    )
  }
  const canAsk = why.data?.remedy === 'instruction' || why.data?.remedy === 'exceptional'
  return (
    <Loaded query={why}>
      {(w) => (
        <>
          <Said w={w} />
          {canAsk && !request.data && (
            <Button
              loading={request.isPending}
              onClick={() =>
                request.mutate({ holding: id, operation: 'reveal', purpose: asked.purpose, reason: asked.reason })
              }
            >
              {t('holdings.revealRequest')}
            </Button>
          )}
          {request.data && (
            <Strip tone="accent">
              {t('holdings.revealRequested')}{' '}
              <Link to="/instructions/$id" params={{ id: request.data.id }}>
                {t('holdings.openInstruction')}
              </Link>
            </Strip>
          )}
        </>
      )}
    </Loaded>
  )
}
